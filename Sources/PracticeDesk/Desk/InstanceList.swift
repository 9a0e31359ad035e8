import NIOCore
import NIOPosix

/// The living instances of a home: this one, and the one of the other role if its record names a process that lives.
final class InstanceList: Sendable {
    struct Entry: Sendable, Equatable {
        let id: String
        let address: String
        let role: DeskRole
    }

    private let home: DeskHome
    private let own: Entry

    init(home: DeskHome, role: DeskRole, address: String) {
        self.home = home
        own = Entry(id: role.instance, address: address, role: role)
    }

    /// Those that live now, the primary first.
    func living(on loop: any EventLoop) -> EventLoopFuture<[Entry]> {
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [home, own] in
            DeskRole.allCases.compactMap { role in
                if role == own.role { return own }
                // Whatever cannot be read as a record names no instance.
                guard let record = try? DeskRecord.read(home: home, role: role), record.processLives else { return nil }
                return Entry(id: record.instance, address: record.address, role: role)
            }
        }
    }
}
