package import Readiness

/// The secrets that a profile's own checks need, fetched before they run, by where they are to be had.
package struct OwnSecrets: Sendable {
    private let fetched: [String: Result<Secret, ProbeError>]

    /// No secrets.
    package static let none = OwnSecrets(fetched: [:])

    private init(fetched: [String: Result<Secret, ProbeError>]) { self.fetched = fetched }

    /// Fetches each once. One that is not to be had is told to the check that asks for it, and to no other.
    ///
    /// - Parameters:
    ///   - names: `env:TOKEN` and the like, as the profile's reader gives them.
    ///   - folder: the profile's folder, where its commands run.
    ///   - environment: our own variables.
    package static func fetch(
        _ names: some Sequence<String>, folder: String, environment: @escaping @Sendable (String) -> String?
    ) async -> OwnSecrets {
        let source = SecretSource(folder: folder, environment: environment)
        var fetched: [String: Result<Secret, ProbeError>] = [:]
        for name in names where fetched[name] == nil {
            guard let reference = SecretReference(parsing: name) else { continue }
            do throws(ProbeError) { fetched[name] = .success(try await source.fetch(reference, for: .surface)) } catch {
                // The endpoint is not what it failed at.
                fetched[name] = .failure(
                    error.meeting == .unauthorised ? ProbeError(.unauthorised, elsewhere: error.detail) : error)
            }
        }
        return OwnSecrets(fetched: fetched)
    }

    /// The secret under a name.
    ///
    /// - Throws: `ProbeError`: unauthorised where it was not to be had, of our side where nobody asked for it before.
    package func open(_ name: String) throws(ProbeError) -> Secret {
        guard let result = fetched[name] else {
            throw ProbeError(ourSide: "the secret \(SafeText.line(name)) was not fetched: the profile does not name it")
        }
        return try result.get()
    }

    /// All that were had: to show nowhere.
    package var all: [Secret] {
        fetched.values.compactMap { if case .success(let secret) = $0 { secret } else { nil } }
    }

    /// The same with secrets that were had in another way.
    package func adding(_ others: [String: Result<Secret, ProbeError>]) -> OwnSecrets {
        OwnSecrets(fetched: fetched.merging(others) { _, new in new })
    }
}
