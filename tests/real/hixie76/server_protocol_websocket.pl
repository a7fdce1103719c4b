# A server on Perl's Protocol::WebSocket for client_cases.mjs, which says what each path does.
use strict;
use warnings;

use Encode ();
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Server;

$| = 1;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64)
  or die "cannot listen: $!";
print 'listening on ws://127.0.0.1:', $listener->sockport, "\n";
while (my $socket = $listener->accept) {
    my $child = fork // die "cannot fork: $!";
    if ($child == 0) {
        serve($socket);
        exit 0;
    }
    close $socket;
}

sub send_all {
    my ($socket, $bytes) = @_;
    my $sent = 0;
    while ($sent < length $bytes) {
        $sent += syswrite($socket, $bytes, length($bytes) - $sent, $sent) // return;
    }
}

sub serve {
    my ($socket) = @_;
    my $handshake = Protocol::WebSocket::Handshake::Server->new;
    my $frames;
    while (sysread $socket, my $bytes, 1 << 16) {
        if (!$frames) {
            $handshake->parse($bytes) or do { warn $handshake->error; return };
            next unless $handshake->is_done;
            open_connection($socket, $handshake) or return;
            $frames = $handshake->build_frame(max_payload_size => 1 << 25);
            # Nothing can follow the request before its answer.
            next;
        }
        $frames->append($bytes);
        while (defined(my $message = $frames->next_bytes)) {
            if ($frames->is_close) {
                send_all($socket, $handshake->build_frame(type => 'close')->to_bytes);
                return;
            }
            send_all($socket, frame($handshake, $message)) if $handshake->req->resource_name eq '/echo';
        }
    }
}

sub frame {
    my ($handshake, $message) = @_;
    return $handshake->build_frame(buffer => $message, max_payload_size => 1 << 25)->to_bytes;
}

# Answers the request and does what its path says; false when that was all.
sub open_connection {
    my ($socket, $handshake) = @_;
    my $path = $handshake->req->resource_name;
    print "$path ", $handshake->version eq 'draft-ietf-hybi-00' ? 'hixie-76' : 'other', "\n";
    my ($protocol) = grep { $_ eq 'chat.v2' } split /,\s*/, $handshake->req->field('Sec-WebSocket-Protocol') // '';
    $handshake->res->subprotocol($protocol) if defined $protocol;
    $handshake->res->checksum("\0" x 16) if $path eq '/wrong';
    send_all($socket, $handshake->to_string);
    return 0 if $path eq '/drop';
    if ($path eq '/burst') {
        my @messages = ('one', '', "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 'four');
        send_all($socket, join '', map { frame($handshake, $_) } @messages);
    }
    elsif ($path eq '/close') {
        my $close = $handshake->build_frame(type => 'close')->to_bytes;
        send_all($socket, frame($handshake, 'last') . $close);
        my $after = '';
        1 while $after !~ /\xff\x00\z/ && sysread $socket, $after, 1 << 16, length $after;
        print 'after the close: ', unpack('H*', $after), "\n";
        return 0;
    }
    return 1;
}
