import FoundationEssentials
package import Readiness

/// The header fields that a profile's authentication comes to, and everything in them that must show nowhere.
package struct CredentialFields: Sendable {
    /// By field name.
    package var fields: [String: Secret] = [:]
    /// The secrets themselves and what they are wrapped in. Their other spellings are known to `Redactor`.
    package var secrets: [Secret] = []

    /// Fetches what the authentication needs. A certificate is no field: see `TLSMaterial`.
    ///
    /// - Throws: as `SecretSource.fetch`.
    package static func fetch(
        _ authentication: [TargetAccess.Authentication], from source: SecretSource
    ) async throws(ProbeError) -> CredentialFields {
        var credentials = CredentialFields()
        for way in authentication {
            switch way {
            case .bearer(let reference):
                let token = try await source.fetch(reference, for: .surface)
                credentials.add("Authorization", Secret("Bearer \(token.reveal())"), holding: token)
            case .basic(let user, let reference):
                let password = try await source.fetch(reference, for: .surface)
                let encoded = Secret(Data("\(user):\(password.reveal())".utf8).base64EncodedString())
                credentials.add("Authorization", Secret("Basic \(encoded.reveal())"), holding: password, encoded)
            case .header(let name, let reference):
                let value = try await source.fetch(reference, for: .surface)
                credentials.add(name, value, holding: value)
            case .certificate: break
            }
        }
        return credentials
    }

    private mutating func add(_ name: String, _ value: Secret, holding secrets: Secret...) {
        fields[name] = value
        self.secrets += secrets
    }
}
