import Foundation
import PracticeDesk
import Testing

struct KellySizingTests {
    private let faults = FaultBoard()

    private func sizing() throws -> KellySizing {
        KellySizing(
            policy: SizingPolicy(
                kellyFraction: try #require(Decimal(string: "0.25")),
                kellyMaxFraction: try #require(Decimal(string: "0.10")), kellyMinTrades: 30),
            faults: faults)
    }

    private func size(
        _ p: String, _ b: String, trades: Int64 = 100, capital: String = "100000.00", price: String = "129.00"
    ) throws -> Result<KellySizing.Size, KellySizing.Refusal> {
        try sizing().size(.init(winProbability: p, odds: b, trades: trades, capital: capital, price: price))
    }

    // Worked out by hand from f* = (p·b − q)/b, a quarter of it, at most a tenth; quantities cut, never rounded up.
    @Test(arguments: [
        ("0.55", "1.5", "100000.00", "129.00", "0.0625", "48.44"),
        ("0.55", "1", "100000.00", "129.00", "0.025", "19.37"),
        // f* = 1: the cap.
        ("1", "1", "100000.00", "129.00", "0.1", "77.51"),
        // f* = 0.4: a quarter of it is the cap exactly.
        ("0.7", "1", "100000.00", "100.00", "0.1", "100.00"),
        // f* = 1/3, and its quarter of 12 is 1 exactly, though no decimal is a third.
        ("0.5", "3", "12.00", "1.00", "0.083333333333333333333333333333", "1.00"),
        // A size of less than a lot.
        ("0.55", "1", "1.00", "129.00", "0.025", "0.00"),
        ("0.500000000001", "1", "1000000000000.00", "1.00", "0.0000000000005", "0.50"),
    ])
    func `a size is a quarter of Kelly's fraction, capped, and cut to lots`(
        p: String, b: String, capital: String, price: String, fraction: String, quantity: String
    ) throws {
        let size = try size(p, b, capital: capital, price: price).get()
        #expect(size == KellySizing.Size(fraction: fraction, quantity: quantity))
    }

    @Test(
        arguments: [
            ("0.5", "1", 100, "100", "1", .noEdge), ("0", "2", 100, "100", "1", .noEdge),
            ("0.1", "0.000000001", 100, "100", "1", .noEdge), ("0.55", "1.5", 29, "100", "1", .tooFewTrades),
            ("0.55", "1.5", -1, "100", "1", .tooFewTrades),
            // In this order: what is no number first, then too few trades, then no edge.
            ("0.2", "1", 29, "100", "1", .tooFewTrades), ("NaN", "1", 0, "100", "1", .invalidInput),
            ("1.01", "1", 100, "100", "1", .invalidInput), ("-0.01", "1", 100, "100", "1", .invalidInput),
            ("0.5", "0", 100, "100", "1", .invalidInput), ("0.5", "-1", 100, "100", "1", .invalidInput),
            ("0.5", "3", 100, "0", "1", .invalidInput), ("0.5", "3", 100, "100", "-1", .invalidInput),
            ("0.5", "3", 100, "100", "0.00", .invalidInput), ("12abc", "3", 100, "100", "1", .invalidInput),
            ("", "3", 100, "100", "1", .invalidInput), ("0.5", "1e3", 100, "100", "1", .invalidInput),
            ("0.5", "Infinity", 100, "100", "1", .invalidInput), (".5", "3", 100, "100", "1", .invalidInput),
            ("0.5.5", "3", 100, "100", "1", .invalidInput), ("--0.5", "3", 100, "100", "1", .invalidInput),
            ("0.5", String(repeating: "9", count: 49), 100, "100", "1", .invalidInput),
        ] as [(String, String, Int64, String, String, KellySizing.Refusal)])
    func `without an edge there is no size, and a reason`(
        p: String, b: String, trades: Int64, capital: String, price: String, refusal: KellySizing.Refusal
    ) throws {
        #expect(try size(p, b, trades: trades, capital: capital, price: price) == .failure(refusal))
    }

    @Test func `the largest and the smallest numbers that are read do not break it`() throws {
        let huge = String(repeating: "9", count: 48)
        let tiny = "0." + String(repeating: "0", count: 45) + "1"
        for (p, b, capital, price) in [("1", huge, huge, tiny), ("1", tiny, tiny, huge), (tiny, huge, huge, huge)] {
            if case .success(let size) = try size(p, b, capital: capital, price: price) {
                #expect(Decimal(string: size.fraction)?.isFinite == true)
                #expect(size.quantity.utf8.allSatisfy { "0123456789.".utf8.contains($0) })
            }
        }
    }

    @Test func `kelly-overbet stakes the full fraction, still capped`() throws {
        faults.set(.kellyOverbet, .none)
        #expect(try size("0.52", "1").get().fraction == "0.04", "instead of 0.01")
        #expect(try size("0.55", "1.5").get().fraction == "0.1", "capped")
        #expect(try size("0.5", "1") == .failure(.noEdge))
    }

    private func body(_ p: String, odds: String = "\"1.5\"", trades: String = "120", tier: String = "hunter") -> String
    {
        """
        {"tier":"\(tier)","symbol":"SOL-USD","win_probability":\(p),"odds":\(odds),"trades":\(trades),\
        "capital":"100000.00","price":"129.00"}
        """
    }

    @Test func `over the surface a size is text, and what is no number an answer`() async throws {
        try await withDesk { desk async throws in
            let sized = try await desk.post("/readyz/risk/size", body("\"0.55\""))
            #expect(
                sized.body
                    == .object(["fraction": .text("0.0625"), "quantity": .text("48.44"), "reason_code": .null]))
            let none = try await desk.post("/readyz/risk/size", body("\"NaN\""))
            #expect(none.status == 200)
            #expect(
                none.body
                    == .object([
                        "fraction": .text("0"), "quantity": .text("0.00"), "reason_code": .text("invalid_input"),
                    ]))
            _ = try await desk.faults.set("kelly-overbet")
            #expect(try await desk.post("/readyz/risk/size", body("\"0.55\"")).body["fraction"] == .text("0.1"))
            _ = try await desk.faults.clear("kelly-overbet")
            #expect(try await desk.post("/readyz/risk/size", body("\"0.55\"")).body == sized.body)
            for (wrong, code) in [
                (body("0.55"), "malformed_json"), (body("null"), "missing_field"),
                (body("\"0.5\"", trades: "\"120\""), "malformed_json"),
                (body("\"0.5\"", trades: "1e99"), "malformed_json"),
                (body("\"0.5\"", tier: "whale"), "unknown_tier"), ("[]", "malformed_json"), ("", "malformed_json"),
            ] {
                let answer = try await desk.post("/readyz/risk/size", wrong)
                #expect(answer.status == 400)
                #expect(answer.body["error"]["code"] == .text(code), "\(wrong)")
            }
        }
    }
}
