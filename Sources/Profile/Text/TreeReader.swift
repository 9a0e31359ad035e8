import Readiness
import Yams

/// Turns YAML into a tree of plain values, and says everything that is wrong with it.
///
/// Hostile text costs time in proportion to its size: what could cost more is refused before it is parsed
/// (`HostileYAML`), libyaml ends at 1,000 levels of nesting, and the walk below ends at `depthBound`.
struct TreeReader {
    /// Deeper than any honest configuration.
    static let depthBound = 32

    let problems: ProblemCollector

    /// The map at the top of the file, or nil after stating why there is none.
    ///
    /// Problems that leave a tree to go on with (a key given twice) are stated as well, so that one load reports them
    /// together with wrong values.
    func read(_ text: String) -> KeyValueTree? {
        if let (line, message) = HostileYAML.objection(to: text) {
            problems.error(line: line, "", message)
            return nil
        }
        let composed: DuplicateKeys.Composed
        do {
            composed = try DuplicateKeys.compose(text)
        } catch {
            problems.error(line: error.line, "", error.message)
            return nil
        }
        guard let root = composed.root else {
            problems.error(line: 0, "", "is empty")
            return nil
        }
        guard case .mapping = root else {
            problems.error(line: root.mark?.line ?? 0, "", "does not begin with a map of keys")
            return nil
        }
        return tree(root, at: "", depth: 0)
    }

    private func tree(_ node: Node, at path: String, depth: Int) -> KeyValueTree? {
        let line = node.mark?.line ?? 0
        guard depth < Self.depthBound else {
            problems.error(line: line, path, "is nested deeper than \(Self.depthBound) levels")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return .scalar(scalar.string, line: line, isQuoted: scalar.style != .plain)
        case .sequence(let sequence):
            let items = sequence.enumerated().map { tree($1, at: "\(path)[\($0)]", depth: depth + 1) }
            return .list(items.compactMap(\.self), line: line)
        case .mapping(let mapping):
            return .map(entries(of: mapping, at: path, depth: depth), line: line)
        case .alias:
            // Unreachable: without an anchor the parser refuses an alias.
            problems.error(line: line, path, "is an alias")
            return nil
        }
    }

    private func entries(of mapping: Node.Mapping, at path: String, depth: Int) -> [KeyValueTree.Entry] {
        var entries: [KeyValueTree.Entry] = []
        var firstLines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping {
            let line = keyNode.mark?.line ?? 0
            guard case .scalar(let scalar) = keyNode else {
                problems.error(line: line, path, "has a key that is not plain text")
                continue
            }
            let key = DuplicateKeys.withoutMark(scalar.string)
            let keyPath = path.isEmpty ? key : "\(path).\(key)"
            if let first = firstLines[key] {
                problems.error(line: line, keyPath, "is given twice, first in line \(first)")
                continue
            }
            firstLines[key] = line
            guard let value = tree(valueNode, at: keyPath, depth: depth + 1) else { continue }
            entries.append(KeyValueTree.Entry(key: key, line: line, value: value))
        }
        return entries
    }
}
