import FoundationEssentials
import Readiness
import Testing

struct TextTests {
    @Test(arguments: [
        (Int64(999), "999 ns"), (14_200_000, "14.2 ms"), (999_400, "999 µs"), (999_600, "1.00 ms"),
        (3_050_000_000, "3.05 s"),
        (125_000_000_000, "2 min 05 s"), (-5, "0 ns"), (250_000, "250 µs"),
    ])
    func `durations have at most three significant digits`(nanoseconds: Int64, text: String) {
        #expect(DurationText.short(nanoseconds: nanoseconds) == text)
    }

    @Test(arguments: [
        "1970-01-01T00:00:00.000000Z", "2026-11-20T23:08:11.299481Z", "2028-02-29T12:00:00.000001Z",
        "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
    ])
    func `a moment reads back as it was written`(text: String) {
        #expect(UTCInstant(parsing: text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-11-20", "2026-13-20T00:00:00Z", "2026-11-20T00:00:00", "2026-11-20T24:00:00Z",
        "2026-11-20T00:00:00.Z", "x026-11-20T00:00:00Z",
    ])
    func `what is no moment is refused`(text: String) { #expect(UTCInstant(parsing: text) == nil) }

    @Test(arguments: [
        "12abc", "", ".", "1e5", "1,5", " 1", "+1", "1-", "--1", "NaN", "0x10", "12345678901234567890123456789012345",
    ])
    func `what is no plain decimal is refused`(text: String) { #expect(DecimalValue(parsing: text) == nil) }

    @Test func `a decimal keeps its spelling and compares by value`() {
        #expect(DecimalValue(parsing: "500.00")! == "500")
        #expect(DecimalValue(parsing: "500.00")!.description == "500.00")
        #expect(DecimalValue(parsing: "500.07")! > "500.069999")
        #expect(DecimalValue(milliseconds: 40_000_001).description == "40.000001")
    }

    @Test func `no control, escape or direction mark survives sanitising`() {
        let hostile = "a\u{1b}[31m\u{9b}2J\r\n\u{202e}b\u{7f}\u{0}c\u{2066}d\u{200d}e\u{fe0f}f\u{1F1E9}\u{1F1EA}\tg"
        let safe = SafeText.line(hostile)
        for scalar in safe.unicodeScalars {
            #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
            #expect(!(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value))
        }
        #expect(safe.hasSuffix("DE g"))
        #expect(SafeText.line(safe) == safe)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("$(rm)", "'$(rm)'"),
        ("a\nb", "'a?b'"),
    ])
    func `a word is quoted for a shell`(word: String, quoted: String) { #expect(ShellWord.quoted(word) == quoted) }

    @Test func `a secret shows itself nowhere`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped) \(["k": secret])".contains("hunter2"))
    }

    @Test(arguments: [
        ("smoke.health.ready", true), ("smoke.health", false), ("Smoke.health.ready", false), ("smoke..ready", false),
        ("smoke.he_alth.ready", false), ("smoke.flow.round-trip", true), ("1.a.b", false),
    ])
    func `check ids are validator, subject and property`(text: String, isGood: Bool) {
        #expect((CheckID(parsing: text) != nil) == isGood)
    }

    @Test(arguments: [
        ("*", "a.b.c", true), ("a.*", "a.b.c", true), ("*.c", "a.b.c", true), ("a.*.c", "a.b.c", true),
        ("a.*.d", "a.b.c", false), ("a.b.c", "a.b.cc", false), ("*b*", "a.b.c", true), ("", "a", false),
    ])
    func `a star stands for any run of characters`(pattern: String, text: String, fits: Bool) {
        #expect(GlobPattern(pattern).matches(text) == fits)
    }
}

struct ProbeErrorTests {
    @Test(arguments: [
        (ProbeError.Meeting.unreachable, true, Outcome.fail(.unreachable)),
        (.unreachable, false, .unverified(.targetUnreachable)),
        (.unauthorised, true, .fail(.badAnswer)), (.unauthorised, false, .unverified(.credentialMissing)),
        (.notOffered, true, .fail(.badAnswer)), (.notOffered, false, .unverified(.hookMissing)),
        (.nonsense, true, .fail(.badAnswer)), (.nonsense, false, .unverified(.badAnswer)),
        (.ourSide, true, .error(.tool)), (.ourSide, false, .error(.tool)),
    ])
    func `what the probe met becomes the table's outcome`(
        meeting: ProbeError.Meeting, isSubject: Bool, outcome: Outcome
    ) {
        var error = ProbeError(meeting, at: .surface, "x")
        if meeting == .ourSide { error = ProbeError(ourSide: "x") }
        #expect(error.outcome(whereReachabilityIsSubject: isSubject) == outcome)
    }

    @Test(arguments: [true, false])
    func `what the profile names nowhere was not asked, and is no fail of reachability`(isSubject: Bool) {
        let error = ProbeError(.notOffered, elsewhere: "the profile names no ledger")
        #expect(error.outcome(whereReachabilityIsSubject: isSubject) == .unverified(.hookMissing))
    }
}

struct TLSErrorTextTests {
    @Test func `a library's error names no path and none of its types`() {
        let said =
            "handshakeFailed(NIOSSL.BoringSSLError.sslError([Error: 268435703 error:100000f7:SSL routines:"
            + "OPENSSL_internal:WRONG_VERSION_NUMBER at /work/x/checkouts/ssl/tls_record.cc:127]))"
        #expect(TLSErrorText.words(said) == "wrong version number (is TLS spoken there at all?)")
        let two = "[Error: 1 error:1:a:b:CERTIFICATE_VERIFY_FAILED at /x/y.cc:1, Error: 2 error:2:a:b:EXPIRED at /x:2]"
        #expect(TLSErrorText.words(two) == "certificate verify failed, expired")
        #expect(TLSErrorText.words("uncleanShutdown") == "uncleanShutdown")
        #expect(TLSErrorText.words("failed /home/builder/x.cc") == "failed")
        #expect(TLSErrorText.words("/home/builder/x.cc") == "the handshake failed")
    }
}
