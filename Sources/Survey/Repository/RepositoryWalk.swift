import Glibc
import Readiness

/// Reads the files of a repository that finders have a use for. Runs nothing, follows no symbolic link below the folder
/// that it is given, opens nothing but regular files, and reads no more than its bounds. Blocks.
package struct RepositoryWalk {
    /// How much is looked at.
    package struct Bounds: Sendable, Equatable {
        /// Folders below the given one. Default 12.
        package var depth = 12
        /// Names that are looked at. Default 50,000.
        package var names = 50_000
        /// Files that are read. Default 5,000.
        package var files = 5_000
        /// Bytes that are read of one file; a file is cut there. Default 256 KiB.
        package var bytesOfAFile = 256 << 10
        /// Bytes that are read in all. Default 64 MiB.
        package var bytes = 64 << 20

        /// The defaults.
        package init() {}
    }

    /// The folder cannot be looked at.
    package struct Trouble: Error, Equatable, CustomStringConvertible {
        /// The folder as it was given.
        package var folder: String
        /// The system's words.
        package var reason: String

        /// `FOLDER: No such file or directory`.
        package var description: String { "\(folder): \(reason)" }
    }

    /// Folders that hold other people's code, what is made from code, and tests: a database that is named there is not
    /// the system's. In small letters.
    package static let passedOver: Set = [
        ".git", ".hg", ".svn", ".build", ".cache", ".idea", ".mypy_cache", ".next", ".pytest_cache", ".ruff_cache",
        ".tox",
        ".venv", ".vscode", "__pycache__", "__tests__", "build", "dist", "env", "fixtures", "node_modules",
        "site-packages", "spec", "target", "test", "testdata", "tests", "vendor", "venv",
    ]

    private let bounds: Bounds
    private let root: Int32
    private var survey = RepositorySurvey()
    private var names = 0
    private var bytes = 0
    private var (links, oddNames, unreadable, cut) = (0, 0, 0, 0)
    private var isOver = false

    /// Looks at a folder and everything below it, the upper folders first.
    ///
    /// - Throws: `Trouble` when the folder itself cannot be opened. What cannot be read below it is a note.
    package static func survey(_ folder: String, within bounds: Bounds = Bounds()) throws(Trouble) -> RepositorySurvey {
        // The folder itself may be reached through a link: a person named it.
        let root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw Trouble(folder: folder, reason: String(cString: strerror(errno))) }
        defer { close(root) }
        var walk = RepositoryWalk(bounds: bounds, root: root)
        walk.everything()
        return walk.survey
    }

    private init(bounds: Bounds, root: Int32) {
        self.bounds = bounds
        self.root = root
    }

    private mutating func everything() {
        var level = [""]
        var depth = 0
        while !level.isEmpty, !isOver {
            var next: [String] = []
            for folder in level where !isOver { next += look(into: folder) }
            depth += 1
            if depth > bounds.depth, !next.isEmpty {
                survey.notes.append("folders more than \(bounds.depth) deep were not looked into")
                next = []
            }
            level = next
        }
        if links > 0 { survey.notes.append("\(links) symbolic links were not followed") }
        if oddNames > 0 { survey.notes.append("\(oddNames) names that are not UTF-8 were passed over") }
        if unreadable > 0 { survey.notes.append("\(unreadable) files or folders could not be read") }
        if cut > 0 {
            survey.notes.append(
                "\(cut) files are longer than \(bounds.bytesOfAFile) bytes: only their beginning was read")
        }
    }

    /// Reads the files of a folder, and answers its folders.
    private mutating func look(into path: String) -> [String] {
        guard let folder = enter(path), let stream = fdopendir(folder) else {
            unreadable += 1
            return []
        }
        defer { closedir(stream) }
        var folders: [String] = []
        var files: [String] = []
        while let entry = readdir(stream) {
            let raw = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if raw == [46] || raw == [46, 46] { continue }
            names += 1
            guard names <= bounds.names else {
                end("there are more than \(bounds.names) names")
                break
            }
            guard let name = String(validating: raw, as: UTF8.self) else {
                oddNames += 1
                continue
            }
            var facts = stat()
            guard fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch facts.st_mode & S_IFMT {
            case S_IFLNK: links += 1
            case S_IFDIR: if !Self.passedOver.contains(name.lowercased()) { folders.append(name) }
            case S_IFREG: if RepositorySurvey.reads(path.isEmpty ? name : "\(path)/\(name)") { files.append(name) }
            default: break
            }
        }
        // The order in a folder is the file system's own: sorted, two looks say the same.
        for name in files.sorted() where !isOver {
            read(name, in: folder, as: path.isEmpty ? name : "\(path)/\(name)")
        }
        return folders.sorted().map { path.isEmpty ? $0 : "\(path)/\($0)" }
    }

    /// Part by part from the root, so that no part is a link, whoever is changing folders meanwhile.
    private func enter(_ path: String) -> Int32? {
        var folder = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for part in path.split(separator: "/") where folder >= 0 {
            let next = openat(folder, String(part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = next
        }
        return folder >= 0 ? folder : nil
    }

    private mutating func read(_ name: String, in folder: Int32, as path: String) {
        // Not blocking: a pipe that has taken the file's place must not stop us.
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            unreadable += 1
            return
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return }
        guard survey.filesRead < bounds.files else { return end("there are more than \(bounds.files) files to read") }
        var text = [UInt8](repeating: 0, count: bounds.bytesOfAFile + 1)
        var count = 0
        while count < text.count {
            let got = text.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                unreadable += 1
                return
            }
            if got == 0 { break }
            count += got
        }
        if count > bounds.bytesOfAFile { (count, cut) = (bounds.bytesOfAFile, cut + 1) }
        bytes += count
        guard bytes <= bounds.bytes else { return end("there are more than \(bounds.bytes >> 20) MiB to read") }
        // A zero byte stands in no text.
        guard !text[..<count].contains(0) else { return }
        survey.look(at: SurveyedFile(path: path, text: String(decoding: text[..<count], as: UTF8.self)))
    }

    private mutating func end(_ reason: String) {
        guard !isOver else { return }
        isOver = true
        survey.notes.append("\(reason): the rest was not looked at")
    }
}
