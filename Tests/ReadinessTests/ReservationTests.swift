import Readiness
import Testing

struct ReservationTests {
    private static let evidence = Evidence(
        id: "e1", kind: .observation, provenance: .live, grade: .observed, collectedAt: UTCInstant(microseconds: 0),
        mediaType: "text/plain", sha256: String(repeating: "0", count: 64), size: 1, path: "e")

    private static func judgement(_ value: DecimalValue, _ reservation: Judgement.Reservation?) -> Judgement {
        Judgement(
            measurements: [Measurement("m", unit: "1", value, Criterion(definition: .equal, "1"), from: evidence)],
            reservation: reservation)
    }

    @Test(arguments: [
        (DecimalValue("1"), Judgement.Reservation?.none, Outcome.Word.pass, String?.none),
        ("1", .broken(.brokenProtocol, "b"), .error, "protocol"),
        ("0", .broken(.brokenProtocol, "b"), .error, "protocol"),
        ("1", .broken(.checkerTimeout, "b"), .error, "checker_timeout"),
        ("1", .withheld(.simulatedOnly, "w"), .unverified, "simulated_only"),
        ("0", .withheld(.simulatedOnly, "w"), .fail, "criterion"),
        ("1", .exitMismatch("x"), .warn, "exit_mismatch"),
        ("0", .exitMismatch("x"), .fail, "criterion"),
    ])
    func `a reservation withholds a pass and never a miss`(
        _ value: DecimalValue, _ reservation: Judgement.Reservation?, _ word: Outcome.Word, _ reason: String?
    ) {
        let outcome = Self.judgement(value, reservation).outcome(requiring: .observed)
        #expect(outcome.word == word)
        #expect(outcome.reason == reason)
    }

    @Test func `the sentence is the reservation's where it made the outcome`() {
        let judgement = Self.judgement("1", .exitMismatch("it said pass and ended with 1"))
        #expect(judgement.sentence(for: .warn(.exitMismatch), title: "t") == "it said pass and ended with 1")
        let missed = Self.judgement("0", .exitMismatch("it said pass and ended with 1"))
        #expect(missed.sentence(for: .fail(.criterion), title: "t") == "m is 0, must be = 1")
    }
}
