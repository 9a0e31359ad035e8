import Glibc
import Testing

/// A port that listens, for as long as the value lives, and one that does not.
final class Ports: Sendable {
    let open: Int
    let closed: Int
    private let socket: Int32

    init() throws {
        func bound() throws -> (Int32, Int) {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
                }
            }
            try #require(isBound)
            return (socket, Int(UInt16(bigEndian: address.sin_port)))
        }
        (socket, open) = try bound()
        try #require(listen(socket, 16) == 0)
        // Bound and not listening: nobody else can have it, and it refuses.
        (idle, closed) = try bound()
    }

    private let idle: Int32

    deinit {
        close(socket)
        close(idle)
    }
}
