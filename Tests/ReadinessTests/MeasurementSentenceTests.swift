import Readiness
import Testing

struct MeasurementSentenceTests {
    private func measurement(
        _ value: DecimalValue, _ op: Criterion.Comparison, _ bound: DecimalValue, unit: String
    ) -> Measurement {
        let evidence = Evidence(
            id: "e", kind: .samples, provenance: .live, grade: .exercised, collectedAt: UTCInstant(microseconds: 0),
            mediaType: "text/plain", sha256: "", size: 1, path: "e")
        return Measurement("m", unit: unit, value, Criterion(definition: op, bound), from: evidence)
    }

    @Test(arguments: [
        ("123.456789012", "123 GB"), ("45.2987", "45.2 GB"), ("1.999", "1.99 GB"), ("0.9999", "999 MB"),
        ("0.0123456", "12.3 MB"), ("0.000000512", "512 B"), ("0", "0 GB"), ("1234.5", "1234 GB"),
    ])
    func `room on a disk has three digits, and what is short of a floor is not rounded up to it`(
        value: DecimalValue, text: String
    ) {
        #expect(measurement(value, .greaterOrEqual, "1", unit: "GB").shownValue == text)
    }

    @Test(arguments: [
        (Criterion.Comparison.equal, "m is 500.07, must be = 500.00"), (.less, "m is 500.07, must be < 500.00"),
        (.lessOrEqual, "m is 500.07, must be <= 500.00"),
    ])
    func `a sentence spells the comparison as the tables do`(op: Criterion.Comparison, sentence: String) {
        #expect(measurement("500.07", op, "500.00", unit: "1").sentence == sentence)
    }
}
