import FaultMatrix
import FoundationEssentials
import Subprocess
import SystemPackage

/// Starts a desk with a fault, primary and standby, and has it judged by a process that does not know of it.
struct BrokenDesk: Sendable {
    /// The folder of the executables.
    let programs: String
    /// Where homes and runs lie; removed by the caller.
    let folder: String
    /// What keeps the ledger, as `desk serve --ledger` takes it.
    let ledger: String

    private var holdpoint: Executable { .path(FilePath("\(programs)/holdpoint")) }

    private var environment: Environment {
        .inherit.updating([.init(stringLiteral: "XDG_STATE_HOME"): folder, .init(stringLiteral: "CI"): "true"])
    }

    /// Makes a home, serves it as a row says (nil: healthy), and judges it. Two results: the run's, and complaints about the desk's
    /// access log and the run's event log.
    func judge(_ row: FaultExpectation?, named name: String) async throws -> (result: RunResult, complaints: [String]) {
        let home = "\(folder)/desk-\(name)"
        let made = try await run(
            holdpoint, arguments: ["desk", "init", "--home", home], environment: environment,
            output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        guard made.terminationStatus.isSuccess else { throw MatrixError("desk init: \(made.standardError)") }
        var arguments = ["run", "--desk-home", home, "--format", "json"]
        if let criteria = row?.criteria {
            let path = "\(folder)/criteria-\(name).yaml"
            try Data(criteria.utf8).write(to: URL(filePath: path))
            arguments += ["--criteria", path]
        }
        let judging = Arguments(arguments)
        let fault = row?.fault
        let (result, complaints) = try await serving(home, role: "primary", fault: fault) {
            try await serving(home, role: "standby", fault: fault) {
                let judged = try await run(
                    holdpoint, arguments: judging, environment: environment,
                    output: .string(limit: 1 << 24), error: .string(limit: 1 << 16))
                let result: RunResult
                do { result = try RunResult(parsing: judged.standardOutput) } catch {
                    throw MatrixError("run: \(judged.standardError) \(error)")
                }
                let complaints = try await self.complaints(about: result, home: home)
                return (result, complaints)
            }
        }
        return (result, complaints)
    }

    /// One process of a desk with a fault, for the length of the body.
    private func serving<Value: Sendable>(
        _ home: String, role: String, fault: String?, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var arguments = ["desk", "serve", "--home", home, "--role", role, "--until-eof"]
        if role == "primary" { arguments += ["--ledger", ledger] }
        if let fault { arguments += ["--fault", fault] }
        let served = try await run(
            holdpoint, arguments: Arguments(arguments), environment: environment, input: .inputWriter,
            output: .sequence, error: .string(limit: 1 << 16)
        ) { desk -> Result<Value, any Error> in
            var startLine: String?
            for try await line in desk.standardOutput.strings() {
                startLine = line
                break
            }
            let result: Result<Value, any Error>
            if let startLine, startLine.contains("\"serving\"") {
                do { result = .success(try await body()) } catch { result = .failure(error) }
            } else {
                result = .failure(MatrixError("the \(role) did not start: \(startLine ?? "it said nothing")"))
            }
            try await desk.standardInputWriter.finish()
            return result
        }
        do { return try served.closureResult.get() } catch {
            let said = served.standardError
            if said.isEmpty { throw error }
            throw MatrixError("\(error); the \(role) said: \(said)")
        }
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
