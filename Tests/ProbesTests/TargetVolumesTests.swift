import FoundationEssentials
import Glibc
import Probes
import Readiness
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TargetVolumesTests {
    private func volumes(_ home: DeskHome, ledger: String? = nil) async throws -> Answer<[StorageVolume]> {
        try home.write(address: "http://127.0.0.1:1", ledger: ledger)
        return try await TargetVolumes(source: RecordSource(try home.record())).volumes()
    }

    @Test func `each place that is written to is looked at, though it is not there yet`() async throws {
        let home = try DeskHome()
        let answer = try await volumes(home)
        #expect(
            answer.value.map(\.path) == [
                home.path, home.path + "/desk.log", home.path + "/access.log", home.ledgerPath,
            ])
        var status = statvfs()
        try #require(statvfs(home.path, &status) == 0)
        for volume in answer.value {
            #expect(volume.totalBytes == Int64(status.f_blocks * status.f_frsize))
            #expect(volume.freeBytes > 0 && volume.freeBytes <= volume.totalBytes)
        }
        #expect(Set(answer.value.map(\.freeBytes)).count == 1, "one file system, one look")
        #expect(answer.transcript.contains("not there yet: seen at \(home.path)"))
    }

    @Test func `a place on another file system has that one's room`() async throws {
        let home = try DeskHome()
        var shared = statvfs()
        try #require(statvfs("/dev/shm", &shared) == 0 && shared.f_blocks > 0)
        let answer = try await volumes(home, ledger: "/dev/shm/no/such/folder/ledger.sqlite")
        #expect(answer.value.last?.totalBytes == Int64(shared.f_blocks * shared.f_frsize))
        #expect(answer.transcript.contains("seen at /dev/shm)"))
    }

    @Test func `a path that is named twice is listed once`() async throws {
        let home = try DeskHome()
        let answer = try await volumes(home, ledger: home.path + "/desk.log")
        #expect(answer.value.map(\.path) == [home.path, home.path + "/desk.log", home.path + "/access.log"])
    }

    @Test func `a file system that has no size is nonsense`() async throws {
        let home = try DeskHome()
        let error = await trouble { () throws(ProbeError) in
            do { return try await volumes(home, ledger: "/proc/ledger.sqlite") } catch let error as ProbeError {
                throw error
            } catch { throw ProbeError(ourSide: "\(error)") }
        }
        #expect(error?.meeting == .nonsense && error?.endpoint == .surface)
        #expect(error?.detail.contains("does not say how large") == true)
    }
}
