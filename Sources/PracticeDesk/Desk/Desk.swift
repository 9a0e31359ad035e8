/// The practice desk as a command uses it.
package enum Desk {
    /// Serves a home until the task is cancelled or somebody stops the server; then stops in order and returns.
    ///
    /// - Parameter onServing: called once it serves: prints the start line, and may keep the server to stop it.
    /// - Throws: `HomeError` when the home is not whole, is served already, or the port is taken.
    package static func serve(
        home: DeskHome, options: DeskOptions = DeskOptions(), onServing: (DeskServer) -> Void
    ) async throws {
        let server = try await DeskServer.start(home: home, options: options)
        onServing(server)
        await server.waitUntilStopping()
        try await server.stop()
    }
}
