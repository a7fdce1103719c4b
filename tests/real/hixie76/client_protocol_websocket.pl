# A client on Perl's Protocol::WebSocket for echo_cases.mjs, which says what a client does.
# Usage: perl client_protocol_websocket.pl URL [SUBPROTOCOL]
use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Client;

$| = 1;
my ($url, $subprotocol) = @ARGV;
my $handshake = Protocol::WebSocket::Handshake::Client->new(url => $url, version => 'draft-ietf-hybi-00');
$handshake->req->subprotocol($subprotocol) if defined $subprotocol;
my $socket = IO::Socket::INET->new(PeerAddr => $handshake->req->host) or die "cannot connect: $!";

sub send_all {
    my ($bytes) = @_;
    my $sent = 0;
    while ($sent < length $bytes) {
        $sent += syswrite($socket, $bytes, length($bytes) - $sent, $sent) // fail("cannot write: $!");
    }
}

sub fail {
    print STDERR "failed @_\n";
    exit 1;
}

send_all($handshake->to_string);
my $bytes = '';
until ($handshake->is_done) {
    sysread($socket, $bytes, 1 << 16, length $bytes) or fail('the end before an answer');
    $handshake->parse($bytes) or fail($handshake->error);
}
my $chosen = $handshake->res->subprotocol;
print STDERR defined $chosen ? "open $chosen\n" : "open\n";

my $frames = $handshake->build_frame(max_payload_size => 1 << 25);
$frames->append($bytes);
my $lines  = '';
my $close_sent = 0;
my $select = IO::Select->new($socket, \*STDIN);

sub close_once {
    send_all($handshake->build_frame(type => 'close')->to_bytes) unless $close_sent;
    $close_sent = 1;
}

while (1) {
    while (defined(my $message = $frames->next_bytes)) {
        if ($frames->is_close) {
            close_once();
            print STDERR "closed\n";
            # The transport is the server's to end, and it does.
            sysread($socket, my $more, 1) and fail('bytes after the close');
            exit 0;
        }
        print "$message\n";
    }
    for my $ready ($select->can_read) {
        if ($ready == $socket) {
            sysread($socket, my $more, 1 << 16) or fail('the end without a close');
            $frames->append($more);
        }
        elsif (sysread STDIN, $lines, 1 << 16, length $lines) {
            my $out = '';
            while ($lines =~ s/^([^\n]*)\n//) {
                $out .= $handshake->build_frame(buffer => $1, max_payload_size => 1 << 25)->to_bytes;
            }
            # All in one write.
            send_all($out);
        }
        else {
            $select->remove(\*STDIN);
            close_once();
        }
    }
}
