package import Readiness

extension HTTPSurface: ComponentProbe {
    private struct ComponentsWire: Decodable {
        struct Component: Decodable {
            var name: String
            var state: String
            var events: Int64
        }

        var components: [Component]
    }

    private struct ProcessWire: Decodable {
        var pid: Int32
        var boot_id: String
        var started_at: UTCInstant
    }

    /// `GET /readyz/components`. Two of one name, an empty name or state, and work below zero are nonsense.
    package func components() async throws(ProbeError) -> Answer<[ComponentState]> {
        let request = named(HTTPExchange.Request("GET", "/readyz/components"))
        let reply = try await ask(request)
        let listed = try Self.decode(ComponentsWire.self, from: reply, to: request).components
        try Self.check(listed.count <= WireText.listCap, request, "\(listed.count) components are listed")
        try Self.check(
            listed.allSatisfy { WireText.isName($0.name) && WireText.isName($0.state) }, request,
            "a component without a usable name or state")
        try Self.check(listed.allSatisfy { $0.events >= 0 }, request, "events below zero")
        try Self.check(Set(listed.map(\.name)).count == listed.count, request, "two components have one name")
        let components = listed.map { ComponentState(name: $0.name, state: $0.state, events: $0.events) }
        return Self.answer(components, from: reply)
    }

    /// `GET /readyz/process`: which life of which process answers. For `ControlProbe`, whose restart ends that life.
    ///
    /// - Throws: `ProbeError`; nonsense without a process id above 1 or without a boot id.
    package func processState() async throws(ProbeError) -> Answer<ProcessState> {
        let request = named(HTTPExchange.Request("GET", "/readyz/process"))
        let reply = try await ask(request)
        let wire = try Self.decode(ProcessWire.self, from: reply, to: request)
        try Self.check(wire.pid > 1, request, "pid is not a process id")
        try Self.check(WireText.isName(wire.boot_id), request, "boot_id names no life")
        return Self.answer(
            ProcessState(pid: wire.pid, bootID: wire.boot_id, startedAt: wire.started_at), from: reply)
    }
}
