import FoundationEssentials
import Glibc

/// The checkout that these tests belong to, as files.
enum Checkout {
    /// The folder that holds Package.swift, found from this file; its real path, because developers build through links.
    static let root: String = {
        guard let resolved = realpath(#filePath, nil) else { preconditionFailure("no file at \(#filePath)") }
        defer { free(resolved) }
        return String(cString: resolved).split(separator: "/", omittingEmptySubsequences: false)
            .dropLast(3).joined(separator: "/")
    }()

    /// Every Swift file under Sources, read once, by path.
    static let sources: [SwiftSource] = files(under: "Sources").filter { $0.hasSuffix(".swift") }.map { path in
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            preconditionFailure("cannot read \(path)")
        }
        return SwiftSource(path: path, text: String(decoding: data, as: UTF8.self))
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? root : "\(root)/\(folder)").sorted()
    }

    /// The names of the folders in a folder, sorted.
    static func folders(in folder: String) throws -> [String] {
        try names(in: folder).filter { isFolder("\(root)/\(folder)/\($0)") }
    }

    /// The text of a file of the checkout.
    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: "\(root)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func files(under folder: String) -> [String] {
        let names = (try? names(in: folder)) ?? []
        return names.flatMap { name in
            let path = "\(folder)/\(name)"
            return isFolder("\(root)/\(path)") ? files(under: path) : [path]
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
