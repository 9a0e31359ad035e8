import Readiness

/// Reads `surface`: where it is, who we are there, and whom we trust.
struct AccessReader {
    let top: Section
    let paths: ProfilePaths

    private static let keys = ["address", "record", "timeout_ms", "authentication", "authority"]
    private static let kinds = ["bearer", "basic", "header", "certificate"]

    /// The access, or nil after stating why there is none.
    func access(_ value: KeyValueTree) -> TargetAccess? {
        guard let section = top.section("surface", value, keys: Self.keys) else { return nil }
        section.refuseKeys(except: Self.keys)
        guard let place = place(section) else { return nil }
        var access = TargetAccess(place: place)
        access.limit =
            section["timeout_ms"]
            .flatMap { section.number("timeout_ms", $0, in: .milliseconds()) }
            .map(ProfileTime.milliseconds) ?? access.limit
        access.authority = section["authority"]
            .flatMap { section.text("authority", $0, accepted: "the path of a file of PEM certificates") }
            .map(paths.inProfile)
        if let value = section["authentication"] { access.authentication = authentication(section, value) }
        if case .address(let address) = place, address.hasPrefix("http://"), !access.authentication.isEmpty,
            !Self.isLoopback(address)
        {
            section.problem(
                "authentication", section["authentication"] ?? value,
                "would send a secret over plain HTTP to another machine", accepted: "https:// in surface.address")
        }
        return access
    }

    private func place(_ section: Section) -> TargetAccess.Place? {
        if let value = section["record"] {
            if let address = section["address"] {
                section.problem("address", address, "is given beside a record, which holds the address")
            }
            return section.word("record", value, among: ["desk"]).map { _ in .deskRecord }
        }
        return section.required("address", accepted: SurfaceURL.accepted)
            .flatMap { SurfaceURL.read("address", $0, in: section) }
            .map(TargetAccess.Place.address)
    }

    private func authentication(_ section: Section, _ value: KeyValueTree) -> [TargetAccess.Authentication] {
        guard let all = section.section("authentication", value, keys: Self.kinds) else { return [] }
        all.refuseKeys(except: Self.kinds)
        if all["bearer"] != nil, let basic = all["basic"] {
            all.problem("basic", basic, "is given beside bearer: both are the header Authorization")
        }
        return [bearer(all), basic(all), header(all), certificate(all)].compactMap(\.self)
    }

    private func bearer(_ all: Section) -> TargetAccess.Authentication? {
        all["bearer"].flatMap { ProfileSecret.read("bearer", $0, in: all, paths) }.map { .bearer($0) }
    }

    private func basic(_ all: Section) -> TargetAccess.Authentication? {
        let keys = ["user", "password"]
        guard let value = all["basic"], let section = all.section("basic", value, keys: keys) else { return nil }
        section.refuseKeys(except: keys)
        let user = section.required("user", accepted: "a user's name")
            .flatMap { section.text("user", $0, accepted: "a user's name") }
        let password = section.required("password", accepted: SecretReference.accepted)
            .flatMap { ProfileSecret.read("password", $0, in: section, paths) }
        guard let user, let password else { return nil }
        guard !user.contains(":") else {
            section.problem("user", section["user"] ?? value, "holds a colon, which basic authentication cannot say")
            return nil
        }
        return .basic(user: user, password: password)
    }

    private func header(_ all: Section) -> TargetAccess.Authentication? {
        let keys = ["name", "value"]
        guard let tree = all["header"], let section = all.section("header", tree, keys: keys) else { return nil }
        section.refuseKeys(except: keys)
        let accepted = "a header's name: letters, digits and -"
        let name = section.required("name", accepted: accepted)
            .flatMap { section.text("name", $0, accepted: accepted) }
        let value = section.required("value", accepted: SecretReference.accepted)
            .flatMap { ProfileSecret.read("value", $0, in: section, paths) }
        guard let name, let value else { return nil }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        // These say how the message is to be read; a profile that sets them could smuggle a second request.
        let ours = ["host", "content-length", "transfer-encoding", "connection", "content-type"]
        guard isName, !ours.contains(name.lowercased()) else {
            section.problem("name", section["name"] ?? tree, "is \(quoted(name))", accepted: accepted)
            return nil
        }
        return .header(name: name, value: value)
    }

    private func certificate(_ all: Section) -> TargetAccess.Authentication? {
        let keys = ["chain", "key"]
        guard let value = all["certificate"], let section = all.section("certificate", value, keys: keys) else {
            return nil
        }
        section.refuseKeys(except: keys)
        func path(_ key: String) -> String? {
            section.required(key, accepted: "the path of a PEM file")
                .flatMap { section.text(key, $0, accepted: "the path of a PEM file") }
                .map(paths.inProfile)
        }
        guard let chain = path("chain"), let key = path("key") else { return nil }
        return .certificate(chain: chain, key: key)
    }

    /// Whether an address over plain HTTP stays on this machine.
    static func isLoopback(_ address: String) -> Bool {
        let host = address.dropFirst(7).prefix { $0 != ":" && $0 != "/" }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return address.hasPrefix("http://[::1]")
            || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Times of a profile.
enum ProfileTime {
    /// Milliseconds of a number that a `NumberRange` has let through.
    static func milliseconds(_ value: DecimalValue) -> Duration {
        // The range ends at ten minutes, and no timer is finer than a microsecond.
        .microseconds(Int64((Double(value.description) ?? 0) * 1_000))
    }

    /// Seconds of a number that a `NumberRange` of at most ten years has let through.
    static func seconds(_ value: DecimalValue) -> Duration {
        .milliseconds(Int64((Double(value.description) ?? 0) * 1_000))
    }
}

/// References to secrets in a profile.
enum ProfileSecret {
    /// Reads a reference under a key. A text that is none is not repeated: it may be the secret itself.
    static func read(_ key: String, _ value: KeyValueTree, in section: Section, _ paths: ProfilePaths)
        -> SecretReference?
    {
        guard case .scalar(let text, _, _) = value, let reference = SecretReference(parsing: text) else {
            section.problem(
                key, value, "does not say where the secret is to be had", accepted: SecretReference.accepted)
            return nil
        }
        if case .file(let path) = reference { return .file(paths.inProfile(path)) }
        return reference
    }
}
