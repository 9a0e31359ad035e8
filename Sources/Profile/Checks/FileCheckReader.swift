import Readiness

/// Reads `file` of a check.
struct FileCheckReader {
    let paths: ProfilePaths

    private static let others = ["mode", "max_age_s", "sha256"] + Section.textKeys
    private static let keys = ["path", "exists"] + others

    /// The requirement, or nil after stating why there is none.
    func requirement(_ value: KeyValueTree, in parent: Section) -> FileRequirement? {
        guard let section = parent.section("file", value, keys: Self.keys) else { return nil }
        section.refuseKeys(except: Self.keys)
        let path = section.required("path", accepted: "the path of a file")
            .flatMap { section.text("path", $0, accepted: "the path of a file") }
        let exists = section["exists"].map { section.flag("exists", $0) } ?? true
        if exists == false {
            for key in Self.others {
                if let value = section[key] { section.problem(key, value, "is asked of a file that must not be there") }
            }
        }
        let mode = section["mode"].map { self.mode($0, in: section) }
        let age = section["max_age_s"].map { _ in section.bound("max_age_s", Section.seconds) }
        let text = section.textRequirement()
        let digest = section["sha256"].map { self.digest($0, in: section) }
        guard let path, let exists, let text else { return nil }
        return FileRequirement(
            paths.inRepository(path), exists: exists, mode: mode.flatMap(\.self), maximumAge: age.flatMap(\.self),
            text: text.isEmpty ? nil : text, sha256: digest.flatMap(\.self))
    }

    private func mode(_ value: KeyValueTree, in section: Section) -> Int? {
        let accepted = "the permission bits in octal: 0600, 640, 1777"
        guard case .scalar(let text, _, _) = value, (3...5).contains(text.utf8.count),
            text.utf8.allSatisfy({ (48...55).contains($0) }), let mode = Int(text, radix: 8), mode <= 0o7777
        else {
            section.wrongType("mode", value, accepted: accepted)
            return nil
        }
        return mode
    }

    private func digest(_ value: KeyValueTree, in section: Section) -> String? {
        let accepted = "SHA-256 in 64 hexadecimal digits"
        guard case .scalar(let text, _, _) = value, text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else {
            section.wrongType("sha256", value, accepted: accepted)
            return nil
        }
        return text.lowercased()
    }
}
