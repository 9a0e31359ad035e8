import Glibc

/// One HTTP request over a socket of its own, blocking, with time-outs: all that the fault switch needs of a client.
enum PlainExchange {
    private static let answerBound = 1 << 20

    static func perform(
        _ method: String, _ target: String, address: String, token: String, body: String
    ) throws(FaultSwitchError) -> (status: Int, body: [UInt8]) {
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }),
            address == "http://127.0.0.1:\(port)"
        else { throw .unreachable(address: address, message: "is not http://127.0.0.1:PORT") }
        func failure(_ doing: String) -> FaultSwitchError {
            .unreachable(address: address, message: "\(doing): \(String(cString: strerror(errno)))")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("socket") }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = port.bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw failure("connect") }
        let request =
            "\(method) \(target) HTTP/1.1\r\nhost: 127.0.0.1:\(port)\r\nauthorization: Bearer \(token)\r\n"
            + "content-type: application/json\r\ncontent-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n\(body)"
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw failure("send") }
            rest = rest.dropFirst(count)
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while answer.count < answerBound {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw failure("receive") }
            if count == 0 { break }
            answer.append(contentsOf: chunk[..<count])
        }
        return try parse(answer, address: address)
    }

    private static func parse(
        _ answer: [UInt8], address: String
    ) throws(FaultSwitchError) -> (status: Int, body: [UInt8]) {
        let end = Array("\r\n\r\n".utf8)
        let boundary = answer.indices.first { answer[$0...].starts(with: end) }
        let line = String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard let boundary, line.count >= 2, line[0].hasPrefix("HTTP/1."), let status = Int(line[1]) else {
            throw .unreachable(address: address, message: "the answer is not HTTP")
        }
        return (status, Array(answer[(boundary + end.count)...]))
    }
}
