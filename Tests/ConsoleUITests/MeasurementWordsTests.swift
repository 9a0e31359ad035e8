import ConsoleUI
import Readiness
import TestSupport
import Testing

struct MeasurementWordsTests {
    private func measurement(
        _ value: DecimalValue, _ op: Criterion.Comparison, _ bound: DecimalValue, unit: String = "ms"
    ) -> Measurement {
        Measurement(
            "m", unit: unit, value, Criterion(definition: op, bound), from: EventScript.evidence("r1-1-1"))
    }

    @Test(arguments: [
        ("0.2", Criterion.Comparison.less, "10", "98 % below"), ("14.2", .less, "10", "42 % over"),
        ("9.95", .lessOrEqual, "10", "0.5 % below"), ("10", .less, "10", "at limit"),
        ("10", .lessOrEqual, "10", "at limit"), ("0", .lessOrEqual, "0", "at limit"),
        ("3", .lessOrEqual, "0", "3 over"),
        ("0", .lessOrEqual, "10", "100 % below"), ("10.0000001", .less, "10", "just over"),
        ("1000000", .less, "0.001", "far over"), ("75", .greaterOrEqual, "60", "25 % above"),
        ("0.88", .greaterOrEqual, "1", "12 % short"), ("1", .greater, "1", "at limit"),
        ("500.00", .equal, "500", "equal"), ("500.07", .equal, "500.00", "0.07 over"),
        ("499", .equal, "500", "1 under"),
    ])
    func `where a value stands to its limit says which side is meant`(
        value: DecimalValue, op: Criterion.Comparison, bound: DecimalValue, words: String
    ) {
        #expect(measurement(value, op, bound).headroom == words)
    }

    @Test func `a value without a limit stands nowhere`() {
        #expect(Measurement(told: "m", unit: "1", "3", from: EventScript.evidence("r1-1-1")).headroom.isEmpty)
    }

    @Test(arguments: [
        ("0.000000001", "1e-9"), ("0.00000000032", "3.2e-10"), ("-0.00001234567", "-1.23e-5"), ("0.0001", "0.0001"),
        ("0", "0"), ("0.00000", "0.00000"), ("500.00", "500.00"), ("123456789", "123456789"),
    ])
    func `a number of many zeros is spelled short and never cut`(value: DecimalValue, text: String) {
        #expect(ShortNumber.of(value) == text)
    }

    /// The detail of a check of one measurement.
    private func detail(_ measurements: [Measurement], _ size: Size) -> [String] {
        var script = EventScript()
        let check = EventScript.check("own.api.up", "The API is up")
        script.begin([check])
        script.write(.checkQueued, check.id)
        script.write(.checkStarted(CheckStarted(attempt: 1)), check.id)
        script.write(.checkEvidence(EventScript.evidence("r1-1-1")), check.id)
        for measurement in measurements { script.write(.checkMeasurement(measurement), check.id) }
        script.finish(check.id, .pass, check.title, took: .milliseconds(1))
        var model = ConsoleModel(size: size)
        _ = model.update(.events(script.events), at: .seconds(1))
        _ = model.update(.key(.enter), at: .seconds(1))
        return model.frame(GlyphSet(isASCII: false)).grid.text.split(separator: "\n").map(String.init)
    }

    @Test(arguments: ConsoleSnapshotTests.sizes)
    func `what stands at a JSON path reads well under its heading`(size: Size) {
        let rows = detail(
            [measurement("200", .equal, "200", unit: "1"), named("$.up as expected", "1")], size)
        guard size.columns >= 80 else {
            #expect(rows.contains { $0.hasSuffix("$.up as expected") }, "\(rows)")
            #expect(rows.contains { $0.contains("1 must be = 1 (equal)") }, "\(rows)")
            return
        }
        #expect(rows.contains { $0.contains("  METRIC              MEASURED  LIMIT  VS LIMIT") }, "\(rows)")
        #expect(rows.contains { $0.contains("✔ $.up as expected           1    = 1     equal") }, "\(rows)")
    }

    @Test(arguments: [Size(120, 36), Size(80, 24)])
    func `columns never touch, however long the name and the figures are`(size: Size) {
        let name = "$.services[0]['market data'].feeds[0].status.of.the.last.hour as expected"
        let long = DecimalValue("123456789012345678901234")
        let rows = detail(
            [
                Measurement(
                    name, unit: "1", long, Criterion(definition: .equal, long), from: EventScript.evidence("r1-1-1"))
            ],
            size)
        let row = rows.first { $0.contains("$.services") && $0.contains("123456") } ?? ""
        #expect(row.contains("  1234567890123456") && row.contains("  = 1234567890123"), "\(row)")
    }

    private func named(_ name: String, _ value: DecimalValue) -> Measurement {
        Measurement(name, unit: "1", value, Criterion(definition: .equal, "1"), from: EventScript.evidence("r1-1-1"))
    }

    @Test(arguments: ConsoleSnapshotTests.sizes)
    func `a tiny limit never touches the value beside it`(size: Size) {
        var script = EventScript()
        let check = EventScript.check("risk.sizing.kelly", "The sizing follows the formula")
        script.begin([check])
        script.write(.checkQueued, check.id)
        script.write(.checkStarted(CheckStarted(attempt: 1)), check.id)
        script.write(.checkEvidence(EventScript.evidence("r1-1-1")), check.id)
        script.write(.checkMeasurement(measurement("0", .lessOrEqual, "0.000000001", unit: "1")), check.id)
        script.finish(check.id, .pass, check.title, took: .milliseconds(1))
        var model = ConsoleModel(size: size)
        _ = model.update(.events(script.events), at: .seconds(1))
        let text = model.frame(GlyphSet(isASCII: false)).grid.text
        #expect(text.contains(" ≤ 1e-9"))
        #expect(!text.contains("0≤"))
    }
}
