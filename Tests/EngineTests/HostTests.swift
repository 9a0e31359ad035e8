import Engine
import FoundationEssentials
import Readiness
import Testing

struct HostTests {
    private func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    @Test func `pressure and steal are read as the kernel writes them`() throws {
        let folder = try TemporaryFolder()
        try write(
            "some avg10=21.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
            to: folder.file("psi"))
        try write("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3\n", to: folder.file("stat"))
        let meter = ProcNoiseMeter(pressurePath: folder.file("psi"), statPath: folder.file("stat"))
        let mark = meter.begin()
        try write("cpu  150 0 100 835 0 0 0 15 0 0\n", to: folder.file("stat"))
        #expect(meter.noise(since: mark) == HostNoise(pressure: "21.50", steal: "15"))
    }

    @Test func `a kernel that does not tell excuses nothing`() throws {
        let folder = try TemporaryFolder()
        let meter = ProcNoiseMeter(pressurePath: folder.file("none"), statPath: folder.file("none"))
        #expect(meter.noise(since: meter.begin()) == HostNoise(pressure: nil, steal: nil))
        try write("nonsense\n", to: folder.file("odd"))
        let odd = ProcNoiseMeter(pressurePath: folder.file("odd"), statPath: folder.file("odd"))
        #expect(odd.noise(since: odd.begin()) == HostNoise(pressure: nil, steal: nil))
    }

    @Test func `two runs on one host take turns with a quiet machine`() throws {
        let folder = try TemporaryFolder()
        let one = MachineLock(folder: folder.path)
        let two = MachineLock(folder: folder.path)
        #expect(try one.attempt(.shared))
        #expect(try two.attempt(.shared))
        #expect(try one.attempt(.none))
        #expect(try !one.attempt(.alone))
        // Whoever wants it alone stands in the turnstile: nobody new comes in before.
        #expect(try two.attempt(.none))
        #expect(try !two.attempt(.shared))
        #expect(try one.attempt(.alone))
        #expect(try !two.attempt(.shared))
        #expect(try one.attempt(.none))
        #expect(try two.attempt(.shared))
    }

    @Test func `a lock folder that is not there is told`() {
        let lock = MachineLock(folder: "/nonexistent")
        #expect(throws: MachineLockError.self) { try lock.attempt(.shared) }
    }

    @Test func `evidence lies under its own digest, once, and never empty`() async throws {
        let folder = try TemporaryFolder()
        let store = EvidenceStore(folder: folder.path, clock: SystemClock())
        let first = try await store.keep(
            "hello", id: "e1", kind: .observation, mediaType: "text/plain", grade: .observed)
        let second = try await store.keep(
            "hello", id: "e2", kind: .observation, mediaType: "text/plain", grade: .observed)
        #expect(first.path == second.path)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder.file(first.path))))
        #expect(HexDigest.sha256(bytes) == first.sha256)
        await #expect(throws: ProbeError.self) {
            try await store.keep("", id: "e3", kind: .observation, mediaType: "text/plain", grade: .observed)
        }
        let long = String(repeating: "ü", count: EvidenceStore.maximumSize)
        let cut = try await store.keep(long, id: "e4", kind: .observation, mediaType: "text/plain", grade: .observed)
        #expect(cut.size < EvidenceStore.maximumSize + 100)
        let text = try String(contentsOf: URL(filePath: folder.file(cut.path)), encoding: .utf8)
        #expect(text.contains("… cut:"))
    }

    @Test func `evidence that cannot be kept is trouble of ours`() async {
        let store = EvidenceStore(folder: "/nonexistent", clock: SystemClock())
        await #expect(throws: ProbeError.self) {
            try await store.keep("x", id: "e", kind: .observation, mediaType: "text/plain", grade: .observed)
        }
    }

    @Test func `run ids are 26 characters and sort by time`() {
        var random = SeededGenerator(seed: 1)
        let ids = (0..<50).map {
            RunID.make(at: UTCInstant(microseconds: 1_800_000_000_000_000 + $0 * 1000), using: &random)
        }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.count == 26 })
    }
}
