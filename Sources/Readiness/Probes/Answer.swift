/// A value that a probe brought back, with what it cost and what was said, for evidence.
package struct Answer<Value: Sendable>: Sendable {
    /// What was asked for.
    package var value: Value
    /// The exchange as text: what was asked and what came back, capped by the probe. Holds no secret.
    package var transcript: String
    /// From the first byte sent to the last byte read, monotonic.
    package var elapsed: Duration

    /// Pairs a value with its exchange.
    package init(_ value: Value, transcript: String, elapsed: Duration) {
        self.value = value
        self.transcript = transcript
        self.elapsed = elapsed
    }
}
