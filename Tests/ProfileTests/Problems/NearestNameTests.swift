import Profile
import Testing

struct NearestNameTests {
    static let names = ["max_latency_ms", "min_throughput_ops", "smoke", "risk", "database", "slow-risk"]

    @Test(arguments: [
        ("max_latencyms", "max_latency_ms"), ("max-latency-ms", "max_latency_ms"), ("MAX_LATENCY_MS", "max_latency_ms"),
        ("smok", "smoke"), ("somke", "smoke"), ("databse", "database"), ("slow_risk", "slow-risk"), ("rsik", "risk"),
    ])
    func `a slip of the fingers finds the name that was meant`(typed: String, meant: String) {
        #expect(NearestName.of(typed, among: Self.names) == meant)
    }

    @Test(arguments: ["", "x", "weather", "latency", "min_order_quantity"])
    func `something else finds nothing`(typed: String) {
        #expect(NearestName.of(typed, among: Self.names) == nil)
    }

    @Test(arguments: ["2", "0.9", "-1"])
    func `no number is near another`(typed: String) {
        #expect(NearestName.of(typed, among: ["1", "0.8"]) == nil)
    }

    @Test func `of two names equally close the first is taken`() {
        #expect(NearestName.of("risc", among: ["risk", "rise"]) == "risk")
        #expect(NearestName.of("risc", among: ["rise", "risk"]) == "rise")
    }

    @Test func `no names and a very long input are harmless`() {
        #expect(NearestName.of("risk", among: []) == nil)
        #expect(NearestName.of(String(repeating: "risk", count: 100_000), among: Self.names) == nil)
    }
}
