import FoundationEssentials
import Subprocess
import SystemPackage

/// Starts a desk with a fault and has it judged by a process that does not know of it.
struct BrokenDesk {
    /// The folder of the executables.
    let programs: String
    /// Where homes and runs lie; removed by the caller.
    let folder: String

    private var holdpoint: Executable { .path(FilePath("\(programs)/holdpoint")) }

    private var environment: Environment {
        .inherit.updating([.init(stringLiteral: "XDG_STATE_HOME"): folder, .init(stringLiteral: "CI"): "true"])
    }

    /// Makes a home, serves it with a fault, and judges it. Two results: the run's, and complaints about the desk's
    /// access log and the run's event log.
    func judge(fault: String?, named name: String) async throws -> (result: RunResult, complaints: [String]) {
        let home = "\(folder)/desk-\(name)"
        let made = try await run(
            holdpoint, arguments: ["desk", "init", "--home", home], environment: environment,
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        guard made.terminationStatus.isSuccess else { throw MatrixError("desk init: \(made.standardError)") }
        var arguments = ["desk", "serve", "--home", home, "--until-eof"]
        if let fault { arguments += ["--fault", fault] }
        let served = try await run(
            holdpoint, arguments: Arguments(arguments), environment: environment, input: .inputWriter,
            output: .sequence, error: .discarded
        ) { desk -> (RunResult, [String]) in
            for try await line in desk.standardOutput.strings() where line.contains("serving") { break }
            let judged = try await run(
                holdpoint, arguments: ["run", "--desk-home", home, "--format", "json"], environment: environment,
                output: .string(limit: 1 << 24), error: .string(limit: 1 << 16))
            try await desk.standardInputWriter.finish()
            let result: RunResult
            do { result = try RunResult(parsing: judged.standardOutput) } catch {
                throw MatrixError("run: \(judged.standardError) \(error)")
            }
            return (result, try await complaints(about: result, home: home))
        }
        return served.closureResult
    }

    private func complaints(about result: RunResult, home: String) async throws -> [String] {
        var complaints: [String] = []
        let access = try String(contentsOf: URL(filePath: "\(home)/access.log"), encoding: .utf8)
        if access.contains("/desk/faults") { complaints.append("somebody asked the fault switch") }
        if !access.contains("/readyz") { complaints.append("nobody asked the desk anything") }
        let verified = try await run(
            holdpoint, arguments: ["verify", result.log.path], environment: environment,
            output: .string(limit: 1 << 16), error: .discarded)
        if !verified.terminationStatus.isSuccess { complaints.append("verify: \(verified.standardOutput)") }
        return complaints
    }
}

/// The matrix itself could not do its work.
struct MatrixError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
