import Glibc

/// Listens on loopback with a queue that is full: the kernel answers no further connection, neither yes nor no.
final class FullServer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let guest: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let guest = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        self.guest = guest
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // A queue of none still takes one.
        let isFull = withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
                    && listen(descriptor, 0) == 0 && connect(guest, $0, length) == 0
            }
        }
        port = Int(UInt16(bigEndian: name.sin_port))
        guard isFull else { throw DeskHome.Trouble(code: errno) }
    }

    deinit {
        close(guest)
        close(descriptor)
    }

    /// Whether somebody is trying to connect just now, as the kernel's table says.
    var isKnockedAt: Bool {
        get throws {
            let table = try Self.table()
            let digits = String(port, radix: 16, uppercase: true)
            let place = "0100007F:" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            // Number, our side, the other side, state: 02 has sent its first packet and heard nothing.
            return table.split(separator: "\n").contains { line in
                let fields = line.split(separator: " ")
                return fields.count > 3 && fields[2] == place && fields[3] == "02"
            }
        }
    }

    /// The kernel's table, whole: it comes a page at a time, and a reader that trusts in the file's size gets the first.
    private static func table() throws -> String {
        let descriptor = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DeskHome.Trouble(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &page, page.count)
            guard count >= 0 else { throw DeskHome.Trouble(code: errno) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += page[..<count]
        }
    }
}
