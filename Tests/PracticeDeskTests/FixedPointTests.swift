import PracticeDesk
import Testing

struct FixedPointTests {
    @Test(arguments: [
        ("12", 2, 1200), ("12.5", 2, 1250), ("12.50", 2, 1250), ("0.01", 2, 1), ("0.0001", 4, 1), ("1.000", 2, 100),
        ("0", 0, 0), ("922337203685477.5807", 4, Int64.max),
    ])
    func `plain decimal text is read exactly`(text: String, scale: Int, units: Int64) {
        #expect(FixedPoint.parse(text, scale: scale) == units)
    }

    @Test(arguments: [
        "", " 1", "1 ", "+1", "-1", "1e5", "NaN", "12abc", "1.", ".5", "1..2", "1,5", "0x10", "1.005", "٣",
        "922337203685477.5808", "99999999999999999999", "0000000000000000000000001",
    ])
    func `anything else is refused`(text: String) {
        #expect(FixedPoint.parse(text, scale: text == "1.005" ? 2 : 4) == nil)
    }

    @Test(arguments: [
        (0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (12_345, 2, "123.45"), (12_345, 0, "12345"),
        (-1, 6, "-0.000001"),
    ])
    func `numbers are written with all their digits`(units: Int64, scale: Int, text: String) {
        #expect(FixedPoint.text(units, scale: scale) == text)
    }
}
