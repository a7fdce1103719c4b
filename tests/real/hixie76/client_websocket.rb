# A client on Ruby's `websocket` for echo_cases.mjs, which says what a client does.
# Usage: ruby client_websocket.rb URL
require 'socket'
require 'uri'
require 'websocket'

url, = ARGV
uri = URI.parse(url)
$stdout.sync = true
socket = TCPSocket.new(uri.host, uri.port)

def fail_with(why)
  warn "failed #{why}"
  exit 1
end

handshake = WebSocket::Handshake::Client.new(url: url, version: 76, origin: 'http://localhost')
socket.write(handshake.to_s)
# It judges the answer as soon as the head is there: all has to come at once.
answer = String.new
begin
  answer << socket.readpartial(1 << 16) until answer.match?(/\r\n\r\n.{16}/mn)
rescue EOFError
  fail_with "the end after #{answer.lines.first}"
end
handshake << answer
fail_with handshake.error || 'not valid' unless handshake.valid?
warn 'open'

frames = WebSocket::Frame::Incoming::Client.new(version: 76)
lines = String.new
close_sent = false
send_close = lambda do
  socket.write(WebSocket::Frame::Outgoing::Client.new(version: 76, type: :close).to_s) unless close_sent
  close_sent = true
end
inputs = [socket, $stdin]
loop do
  while (frame = frames.next)
    if frame.type == :close
      send_close.call
      warn 'closed'
      # The transport is the server's to end, and it does.
      fail_with 'bytes after the close' if socket.read(1)
      exit
    end
    puts frame.to_s
  end
  fail_with frames.error if frames.error?
  IO.select(inputs).first.each do |ready|
    piece = ready.read_nonblock(1 << 16)
    next frames << piece if ready == socket
    lines << piece
    texts = (lines.slice!(/\A.*\n/mn) || +'').force_encoding('UTF-8').lines(chomp: true)
    # All in one write.
    socket.write(texts.map { |text| WebSocket::Frame::Outgoing::Client.new(version: 76, type: :text, data: text).to_s }.join)
  rescue EOFError
    fail_with 'the end without a close' if ready == socket
    inputs.delete($stdin)
    send_close.call
  end
end
