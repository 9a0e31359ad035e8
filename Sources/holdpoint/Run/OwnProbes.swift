import CertificateProbes
import Probes
import Readiness
import Validators

/// What a profile's own checks look with: any URL, commands, files, ports, certificates, and children in other languages.
struct OwnProbes: Sendable {
    /// What declared checks look with.
    let declared: DeclaredProbes
    /// Runs a profile's commands, for taking back what children have changed.
    let commands: DeclaredCommands
    /// The child of a declaration. Nothing is started before it is asked.
    let validator: @Sendable (ExternalDeclaration) -> any ExternalValidatorProbe
    /// Closes what was opened.
    let close: @Sendable () async -> Void

    /// Where the target's surface is, and what proves there that we may ask.
    struct Door: Sendable {
        var address: @Sendable () throws(ProbeError) -> String
        var fields: Result<[String: Secret], ProbeError> = .success([:])
        var redacting: @Sendable () -> [Secret] = { [] }
    }

    /// Probes of no target: for listing, describing, and judging what was observed.
    static func offline(_ profile: TargetProfile, _ secrets: OwnSecrets) -> OwnProbes {
        OwnProbes(.offline, profile, secrets, redacting: { secrets.all }, close: {})
    }

    /// Probes of a target.
    ///
    /// - Throws: `ProbeError` of our side for certificates of the profile that cannot be read.
    init(_ profile: TargetProfile, _ secrets: OwnSecrets, at door: Door, ledger: any LedgerProbe) throws(ProbeError) {
        var surfaceSecrets: [String: String] = [:]
        var values: [String: Result<Secret, ProbeError>] = [:]
        switch door.fields {
        case .success(let fields):
            for (field, secret) in fields {
                surfaceSecrets[field] = "surface \(field)"
                values["surface \(field)"] = .success(secret)
            }
        case .failure(let error):
            // Whatever is asked there is refused for it, as every other check of the surface is.
            surfaceSecrets["Authorization"] = "surface"
            values["surface"] = .failure(error)
        }
        let all = secrets.adding(values)
        let redacting: @Sendable () -> [Secret] = { all.all + door.redacting() }
        var tls = DeclaredWeb.TLS(roots: profile.access?.authority)
        for case .certificate(let chain, let key) in profile.access?.authentication ?? [] {
            (tls.certificate, tls.key) = (chain, key)
        }
        let web = try DeclaredWeb(
            tls: tls, base: door.address, surfaceSecrets: surfaceSecrets,
            secret: { name throws(ProbeError) in try all.open(name) }, redacting: redacting, checks: profile.checks)
        let commands = Self.commands(all, redacting)
        self.init(
            DeclaredProbes(
                web: web, commands: commands, files: DeclaredFiles(), ports: DeclaredPorts(),
                certificates: DeclaredCertificates(), ledger: ledger), profile, all, redacting: redacting,
            close: { await web.close() })
    }

    private init(
        _ declared: DeclaredProbes, _ profile: TargetProfile, _ secrets: OwnSecrets,
        redacting: @escaping @Sendable () -> [Secret], close: @escaping @Sendable () async -> Void
    ) {
        self.declared = declared
        commands = Self.commands(secrets, redacting)
        let target = ["id": profile.id, "environment": profile.environment.rawValue]
        validator = { declaration in
            ExternalValidator(
                ExternalCommand(
                    declaration.arguments, in: declaration.folder, environment: declaration.environment,
                    secretEnvironment: declaration.secretEnvironment, parameters: declaration.parameters,
                    target: target), engine: "holdpoint \(Holdpoint.version)",
                secret: { name throws(ProbeError) in try secrets.open(name) }, redacting: redacting)
        }
        self.close = close
    }

    /// What runs commands with secrets that have been fetched.
    static func commands(
        _ secrets: OwnSecrets, _ redacting: @escaping @Sendable () -> [Secret]
    ) -> DeclaredCommands {
        DeclaredCommands(secret: { name throws(ProbeError) in try secrets.open(name) }, redacting: redacting)
    }
}
