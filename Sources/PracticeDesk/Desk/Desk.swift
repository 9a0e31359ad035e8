/// The practice desk as a command uses it.
package enum Desk {
    /// How serving ended.
    package enum End: Sendable {
        /// In order, because somebody wanted it to.
        case stopped
        /// In order as far as a restart goes: the caller is to replace the process now, with
        /// `DeskRestart.replaceProcess`.
        case restarting(DeskRestart)
    }

    /// Serves a home until the task is cancelled, somebody stops the server or asks for a restart; then stops in order
    /// and returns.
    ///
    /// - Parameter onServing: called once it serves: prints the start line, and may keep the server to stop it.
    /// - Throws: `HomeError` when the home is not whole, is served already, or the port is taken.
    @discardableResult
    package static func serve(
        home: DeskHome, options: DeskOptions = DeskOptions(), onServing: (DeskServer) -> Void
    ) async throws -> End {
        let server = try await DeskServer.start(home: home, options: options)
        onServing(server)
        await server.waitUntilStopping()
        return try await server.end()
    }
}
