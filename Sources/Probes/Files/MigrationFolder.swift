import Glibc
package import Readiness

/// The folder of migrations that a desk's record names: its revision files, read and never executed against the desk.
package struct MigrationFolder: MigrationProbe {
    /// Bytes that are read of a file: 64 KiB. Identifiers stand at its beginning.
    package static let textCap = 64 << 10
    /// The most revision files that there may be: 10,000. More make no sense.
    package static let fileCap = 10_000
    /// The most text that there may be in all, in bytes: 64 MiB.
    package static let totalCap = 64 << 20

    private let folder: @Sendable () throws(ProbeError) -> String

    /// Reads the folder that the record of a home names.
    package init(source: RecordSource) {
        self.init { () throws(ProbeError) in try source.current(for: .ledger).line.migrationsFolder }
    }

    /// Reads a folder that is asked for before each look.
    package init(folder: @escaping @Sendable () throws(ProbeError) -> String) { self.folder = folder }

    /// Every `.py` and `.sql` file of the folder itself, sorted by name; `.SQL` is one as well.
    ///
    /// Subfolders (`__pycache__`), names that begin with a full stop and `__init__…` are left out, as Alembic leaves
    /// them out. Whatever else has the name of a revision and is not a regular file (a symbolic link, a pipe) is not
    /// opened, and not passed over either: a revision that is not seen would make a broken graph look whole.
    ///
    /// - Throws: `ProbeError` of nonsense at the ledger: the folder is missing or cannot be read, a file in it cannot,
    ///   or there is too much.
    package func migrationFiles() async throws(ProbeError) -> Answer<[MigrationFile]> {
        let folder = try folder()
        return try await BlockingWork.once("reading the migrations") { () throws(ProbeError) in
            let started = ContinuousClock.now
            let files = try Self.read(folder)
            let names = files.map(\.name).joined(separator: "\n")
            let text = "\(folder)\n\(files.count) revision files\n" + String(names.prefix(Redactor.bodyCap))
            return Answer(files, transcript: text, elapsed: ContinuousClock.now - started)
        }
    }

    /// Tries scripts on an empty database of their own. See `ScratchDatabase` for what they may do there.
    package func rehearse(_ scripts: [MigrationScript]) async throws(ProbeError) -> Answer<MigrationRehearsal> {
        try await ScratchDatabase.rehearse(scripts)
    }

    private static func read(_ folder: String) throws(ProbeError) -> [MigrationFile] {
        // The folder may be reached through links, as homes are; what lies in it may not lead out of it.
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw trouble("the migrations folder \(folder)", errno) }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw trouble("the migrations folder \(folder)", code)
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw trouble("the migrations folder \(folder)", errno) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.bindMemory(to: CChar.self).prefix { $0 != 0 }) + [0]
            }
            guard isRevisionName(name) else { continue }
            names.append(name)
            guard names.count <= fileCap else { throw nonsense("there are more than \(fileCap) files in \(folder)") }
        }
        var files: [MigrationFile] = []
        var total = 0
        for name in names {
            guard let file = try file(name, in: folder, descriptor) else { continue }
            total += file.text.utf8.count
            guard total <= totalCap else {
                throw nonsense("there are more than \(totalCap) bytes of text in \(folder)")
            }
            files.append(file)
        }
        return files.sorted { $0.name < $1.name }
    }

    /// - Returns: nil for a subfolder.
    private static func file(
        _ raw: [CChar], in folder: String, _ descriptor: Int32
    ) throws(ProbeError) -> MigrationFile? {
        let name = String(decoding: raw.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
        var status = stat()
        guard fstatat(descriptor, raw, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw trouble(path, errno) }
        if status.st_mode & S_IFMT == S_IFDIR { return nil }
        if status.st_mode & S_IFMT == S_IFLNK {
            throw nonsense("\(SafeText.line(path)) is a link, and is not followed")
        }
        // Looked at again when it is open: the name may mean something else by then.
        guard status.st_mode & S_IFMT == S_IFREG else { throw nonsense("\(SafeText.line(path)) is not a regular file") }
        let file = openat(descriptor, raw, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw trouble(path, errno) }
        defer { close(file) }
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw nonsense("\(SafeText.line(path)) is not a regular file")
        }
        return MigrationFile(name: name, path: path, text: try text(of: file, path))
    }

    private static func text(of file: Int32, _ path: String) throws(ProbeError) -> String {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: textCap) { buffer, count in
            while count < textCap {
                let got = Glibc.read(file, buffer.baseAddress?.advanced(by: count), textCap - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                count += got
            }
        }
        guard code == 0 else { throw trouble(path, code) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Alembic takes `.py` files, in small letters alone, but for these two kinds; the desk's own files are `.sql`.
    /// Tools differ in whether `.SQL` is one to them: one that is pending for any of them must be seen.
    private static func isRevisionName(_ name: [CChar]) -> Bool {
        let bytes = name.dropLast().map { UInt8(bitPattern: $0) }
        guard bytes.first != UInt8(ascii: "."), !bytes.starts(with: "__init__".utf8) else { return false }
        func ends(_ ending: String, _ bytes: [UInt8]) -> Bool {
            bytes.count > ending.utf8.count && bytes.suffix(ending.utf8.count).elementsEqual(ending.utf8)
        }
        // The bit between capital and small letters; what else it maps upon `.sql` is no character of a name.
        return ends(".py", bytes) || ends(".sql", bytes.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
    }

    /// The folder is no endpoint whose reachability another check owns: missing, it is an answer without sense.
    private static func trouble(_ what: String, _ code: Int32) -> ProbeError {
        switch code {
        case EMFILE, ENFILE, ENOMEM: ProbeError(ourSide: "opening \(what): \(SystemErrorText.of(code))")
        case ENOENT, ENOTDIR: nonsense("\(SafeText.line(what)) is not there")
        default: nonsense("\(SafeText.line(what)) cannot be read: \(SystemErrorText.of(code))")
        }
    }

    private static func nonsense(_ detail: String) -> ProbeError { ProbeError(.nonsense, at: .ledger, detail) }
}
