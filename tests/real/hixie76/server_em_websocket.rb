# A server on Ruby's EM-WebSocket for client_cases.mjs, which says what each path does.
require 'em-websocket'
require 'socket'

$stdout.sync = true
EM.run do
  server = EM::WebSocket.start(host: '127.0.0.1', port: 0) do |connection|
    path = nil
    connection.onopen do |handshake|
      path = handshake.path
      puts "#{path} #{handshake.headers_downcased.key?('sec-websocket-key1') ? 'hixie-76' : 'other'}"
      case path
      when '/burst' then ['one', '', 'é€😀', 'four'].each { |message| connection.send(message) }
      when '/drop' then connection.close_connection_after_writing
      end
    end
    connection.onmessage { |message| connection.send(message) if path == '/echo' }
    connection.onerror { |error| warn error.message }
  end
  port, = Socket.unpack_sockaddr_in(EM.get_sockname(server))
  # It closes without a Close.
  puts "listening on ws://127.0.0.1:#{port} without close wrong"
end
