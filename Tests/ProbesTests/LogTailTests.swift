import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

/// The log's description, the marker's way in, and the search for it in whatever the target calls its log.
@Suite(.timeLimit(.minutes(5)))
struct LogTailTests {
    private static let window = 1 << 20

    private let home: DeskHome
    private var log: String { home.path + "/desk.log" }

    init() throws {
        home = try DeskHome()
        try home.write(address: "http://127.0.0.1:1")
    }

    private func find(
        _ marker: String, format: String = "json-lines", path: String? = nil
    ) async throws -> (Answer<String?>?, ProbeError?) {
        let target = DeskTarget.connect(record: try home.record(), digest: testDigest, limit: .seconds(30))
        let description = LogDescription(path: path ?? log, format: format)
        var answer: Answer<String?>?
        let error = await trouble { () throws(ProbeError) in
            answer = try await target.probes.log.find(marker, in: description)
        }
        await target.close()
        return (answer, error)
    }

    private func line(_ marker: String) -> String { #"{"event":"marker","marker":"\#(marker)","n":1}"# }

    private func put(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: log)) }

    @Test func `the line that holds the marker is found, and the newest of several`() async throws {
        try put("{\"a\":1}\n\(line("hp-1"))\n" + line("hp-1").replacing("1}", with: "2}") + "\n{\"a\":2}\n")
        let (answer, error) = try await find("hp-1")
        #expect(error == nil)
        #expect(answer?.value == line("hp-1").replacing("1}", with: "2}"))
        #expect(answer?.transcript.contains(log) == true)
    }

    @Test func `a log that is not there yet, or holds no marker yet, is not trouble`() async throws {
        for path in [nil, home.path + "/desk.json/below-a-file"] {
            let (missing, error) = try await find("hp-1", path: path)
            #expect(error == nil)
            #expect(missing != nil && missing?.value == nil)
            #expect(missing?.transcript.contains("is not there") == true)
        }
        for text in ["", "\n", "{}\n", line("hp-2") + "\n"] {
            try put(text)
            let (answer, error) = try await find("hp-1")
            #expect(error == nil && answer != nil)
            #expect(answer?.value == nil, "\(text)")
        }
    }

    @Test func `a line that has not ended yet is not there yet`() async throws {
        try put("{}\n" + line("hp-1"))
        #expect(try await find("hp-1").0?.value == .some(nil))
        try put("{}\n" + line("hp-1") + "\n")
        #expect(try await find("hp-1").0?.value == line("hp-1"))
    }

    @Test(arguments: [
        ("hp-1", "hp-10", "json-lines", false), ("hp-1", "xhp-1", "json-lines", false),
        ("hp-1", "hp-1.5", "json-lines", false), ("hp-1", "a:hp-1", "json-lines", false),
        ("hp-1", "hp-1", "json-lines", true), ("hp-1", "hp-1-2", "text", false),
        ("hp-1", "hp-10 and hp-1.", "text", true),
        ("hp-1", "marker:hp-1", "text", true), ("hp-1", "hp-11 hp-12 hp-1x", "text", false),
    ])
    func `a part of a longer marker is not the marker`(
        _ marker: String, _ text: String, _ format: String, _ isFound: Bool
    ) async throws {
        let whole = format == "text" ? "12:00 \(text) end" : line(text)
        try put(whole + "\n")
        let (answer, error) = try await find(marker, format: format)
        #expect(error == nil)
        #expect(answer?.value == (isFound ? whole : nil))
    }

    @Test func `the newest mebibyte of a huge log is read, and no more`() async throws {
        let descriptor = open(log, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        // Sparse: four gibibytes that take no room.
        let size = 4 << 30
        try #require(ftruncate(descriptor, off_t(size)) == 0)
        let text = "\n" + line("hp-old") + "\n"
        try #require(pwrite(descriptor, text, text.utf8.count, off_t(size - 2 * Self.window)) == text.utf8.count)
        let end = "\n" + line("hp-new") + "\n"
        try #require(pwrite(descriptor, end, end.utf8.count, off_t(size - end.utf8.count)) == end.utf8.count)
        let (newest, _) = try await find("hp-new")
        #expect(newest?.value == line("hp-new"))
        #expect(newest?.transcript.contains("the last \(Self.window) of \(size) bytes") == true)
        #expect(try await find("hp-old").0?.value == .some(nil))
    }

    /// The marker's line begins so many bytes before the part that is read.
    @Test(arguments: [0, 1, 20, 30, 36, 200])
    func `a line across the beginning of what is read is not taken for a whole one`(_ before: Int) async throws {
        let marked = line("hp-1") + "\n"
        let rest = Self.window + before - marked.utf8.count
        try put(String(repeating: "x", count: 99) + "\n" + marked + String(repeating: "y", count: rest - 1) + "\n")
        // Of a line whose first byte is the first that is read nobody knows whether it begins there.
        #expect(try await find("hp-1").0?.value == .some(nil))
    }

    @Test func `a line just behind the beginning of what is read is whole`() async throws {
        let marked = "\n" + line("hp-1") + "\n"
        let rest = Self.window - marked.utf8.count
        try put(String(repeating: "x", count: 100) + marked + String(repeating: "y", count: rest - 1) + "\n")
        #expect(try await find("hp-1").0?.value == line("hp-1"))
    }

    @Test func `a file of exactly that length begins with a line`() async throws {
        let marked = line("hp-1") + "\n"
        try put(marked + String(repeating: "y", count: Self.window - marked.utf8.count - 1) + "\n")
        #expect(try await find("hp-1").0?.value == line("hp-1"))
    }

    @Test func `after a rotation the new file is read, and a shortened one from its beginning`() async throws {
        try put(line("hp-1") + "\n")
        #expect(try await find("hp-1").0?.value == line("hp-1"))
        try #require(rename(log, log + ".1") == 0)
        #expect(try await find("hp-1").0?.value == .some(nil))
        try put(line("hp-2") + "\n")
        #expect(try await find("hp-1").0?.value == .some(nil))
        #expect(try await find("hp-2").0?.value == line("hp-2"))
        try #require(truncate(log, 0) == 0)
        #expect(try await find("hp-2").0?.value == .some(nil))
    }

    @Test func `a pipe, a link, a folder and a device are not waited for, nor followed`() async throws {
        try #require(mkfifo(home.path + "/pipe", 0o600) == 0)
        try put(line("hp-1") + "\n")
        try #require(symlink(log, home.path + "/link") == 0)
        for path in [home.path + "/pipe", home.path + "/link", home.path, "/dev/null", "/dev/tty"] {
            let (answer, error) = try await find("hp-1", path: path)
            #expect(answer == nil, "\(path)")
            #expect(error?.meeting == .nonsense, "\(path): \(error?.detail ?? "")")
        }
    }

    @Test(arguments: [
        "", "desk.log", "../desk.log", "/tmp/a\u{0}b", "/tmp/a\nb", "/" + String(repeating: "a", count: 5000),
    ])
    func `what is no absolute path is nonsense`(_ path: String) async throws {
        let (answer, error) = try await find("hp-1", path: path)
        #expect(answer == nil)
        #expect(error?.meeting == .nonsense)
    }

    @Test func `a file that may not be read is nonsense`() async throws {
        // The system's administrator may read everything.
        guard geteuid() != 0 else { return }
        try put(line("hp-1") + "\n")
        try home.setMode(0, of: log)
        #expect(try await find("hp-1").1?.meeting == .nonsense)
    }

    @Test func `a long line is cut around the marker`() async throws {
        let long = String(repeating: "a", count: 10_000) + " hp-1 " + String(repeating: "b", count: 10_000)
        try put(long + "\n")
        let found = try #require(try await find("hp-1", format: "text").0?.value)
        #expect(found.contains("a hp-1 b"))
        #expect(found.utf8.count < 2100)
        #expect(found.hasPrefix("…") && found.hasSuffix("…"))
    }

    @Test func `a token in the marker's line is not shown, not even half of it`() async throws {
        for padding in stride(from: 900, through: 1060, by: 4) {
            let text = DeskHome.token + String(repeating: " ", count: padding) + "hp-1"
            try put(text + String(repeating: " ", count: 3000) + "\n")
            let answer = try #require(try await find("hp-1", format: "text").0)
            let line = try #require(answer.value)
            #expect(line.contains("hp-1"))
            for text in [line, answer.transcript] {
                #expect(!text.contains("f00dfeed") && !text.contains("0123456789"))
            }
        }
    }

    @Test(arguments: ["", "a b", "é", "a\nb", String(repeating: "a", count: 129)])
    func `a marker that is none is our own mistake`(_ marker: String) async throws {
        #expect(try await find(marker).1?.meeting == .ourSide)
        try await HTTPSurfaceTests.asking({ _ in .answer(200, #"{"accepted":true}"#) }) { probes, server in
            let error = await trouble { () throws(ProbeError) in try await probes.log.mark(marker) }
            #expect(error?.meeting == .ourSide)
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `the log is described and marked through the surface`() async throws {
        let description = #"{"path":"/x/desk.log","format":"json-lines"}"#
        try await HTTPSurfaceTests.asking({ .answer(200, $0.method == "GET" ? description : #"{"accepted":true}"#) }) {
            probes, server in
            let seen = try await probes.log.describeLog().value
            #expect(seen == LogDescription(path: "/x/desk.log", format: "json-lines"))
            let taken = try await probes.log.mark("hp-m.1:2_3").value
            #expect(taken)
            #expect(server.requests[1].path == "/readyz/logs/marker")
            #expect(server.requests[1].body == #"{"marker":"hp-m.1:2_3"}"#)
        }
    }

    @Test(arguments: [
        ("describeLog", #"{"path":"desk.log","format":"json-lines"}"#),
        ("describeLog", #"{"path":"/x","format":"xml"}"#),
        ("describeLog", #"{"path":"/x\u0000y","format":"text"}"#), ("describeLog", #"{"path":null,"format":"text"}"#),
        ("describeLog", #"{"path":"/x\ny","format":"text"}"#), ("mark", #"{"accepted":"yes"}"#), ("mark", #"{}"#),
    ])
    func `a description or a receipt that is none is nonsense`(_ name: String, _ text: String) async throws {
        try await HTTPSurfaceTests.expectNonsense(.init(name, text))
    }
}
