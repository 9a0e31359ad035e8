/// Sends orders that arrive together: what a limit has to withstand.
package protocol BurstProbe: Sendable {
    /// Submits each order over a connection of its own. All connections are open before the first byte is sent, and all
    /// requests are released together.
    ///
    /// - Returns: what became of each, in the orders' own order. `elapsed` is from the release to the last answer.
    func submitTogether(_ orders: [OrderRequest]) async throws(ProbeError) -> Answer<[OrderState]>
}
