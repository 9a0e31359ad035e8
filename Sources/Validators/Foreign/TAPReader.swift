import Readiness

/// Reads the Test Anything Protocol, version 14 (and 13, which it contains).
///
/// Strict about what would hide a failure: no plan, another number of tests than planned, numbers out of order, a bail
/// out, a subtest that fails under a point that says ok.
package enum TAPReader {
    /// One level: the document, or a subtest.
    private struct Level {
        var planned: Int?
        var isSkippedWhole = false
        var seen = 0
        var failed = 0
        var contradictions: [(String, String)] = []

        /// Whether it went well, as its parent's point should say.
        var isGood: Bool { failed == 0 && planned == seen && contradictions.isEmpty }

        mutating func close(_ name: String) {
            guard let planned else { return contradictions.append(("plan-missing", "\(name) has no plan")) }
            if planned != seen {
                contradictions.append(("plan-mismatch", "\(name) planned \(planned) tests and ran \(seen)"))
            }
        }
    }

    /// The most levels of subtests.
    private static let depthBound = 16

    /// What the text says.
    ///
    /// - Throws: for what is no TAP at all: no version, not UTF-8.
    package static func results(of bytes: [UInt8]) throws(ForeignTrouble) -> ForeignResults {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ForeignTrouble("it is not UTF-8") }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.last == "\r" ? $0.dropLast() : $0
        }[...]
        guard let version = lines.popFirst(), version == "TAP version 14" || version == "TAP version 13" else {
            throw ForeignTrouble("its first line is not TAP version 14 or 13")
        }
        var results = ForeignResults()
        var levels = [Level()]
        /// The subtest that has just ended, until its point comes.
        var ended: Level?
        var blockIndent: Int?
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let body = line.dropFirst(indent)
            if let block = blockIndent {
                if indent == block, body == "..." { blockIndent = nil }
                continue
            }
            if body.isEmpty { continue }
            if body == "---", indent == (levels.count - 1) * 4 + 2 {
                blockIndent = indent
                continue
            }
            if body.hasPrefix("#") || indent % 4 != 0 { continue }
            guard let statement = Statement(body) else { continue }
            if case .bailOut(let why) = statement {
                results.contradict("bail-out", "it bailed out: \(why.isEmpty ? "no reason given" : why)")
                // Nothing counts behind it, and the plan is broken on purpose.
                take(levels, &results)
                return results
            }
            let depth = indent / 4
            if depth > levels.count {
                // Deeper than one level at once is text of something else.
                continue
            }
            if depth == levels.count {
                guard depth < depthBound else { throw ForeignTrouble("its subtests are nested too deeply") }
                levels.append(Level())
            }
            while depth < levels.count - 1 {
                var level = levels.removeLast()
                level.close("a subtest")
                for (kind, message) in level.contradictions { results.contradict(kind, message) }
                ended = level
            }
            switch statement {
            case .bailOut: break
            case .plan(let count, let skip):
                if levels[depth].planned != nil {
                    levels[depth].contradictions.append(("plan-repeated", "there are two plans"))
                }
                levels[depth].planned = count
                levels[depth].isSkippedWhole = count == 0 && skip
            case .point(let point):
                levels[depth].seen += 1
                let place = levels[depth].seen
                if let number = point.number, number != place {
                    levels[depth].contradictions.append(
                        ("number-differs", "test \(place) calls itself \(number)"))
                }
                if let ended, !ended.isGood, point.isOK, point.directive == nil {
                    levels[depth].contradictions.append(
                        ("subtest-contradicts", "\(point.name) says ok, but its subtest does not"))
                }
                ended = nil
                let isBad = !point.isOK && point.directive == nil
                if isBad {
                    levels[depth].failed += 1
                    results.add(
                        .init(
                            kind: "test-failed", subject: point.name, message: "\(point.name) is not ok",
                            severity: .medium))
                }
                guard depth == 0 else { continue }
                results.total += 1
                if point.directive == .skip || (point.directive == .todo && !point.isOK) {
                    results.skipped += 1
                } else if isBad {
                    results.failed += 1
                } else {
                    results.passed += 1
                }
            }
        }
        while levels.count > 1 {
            var level = levels.removeLast()
            level.close("a subtest")
            for (kind, message) in level.contradictions { results.contradict(kind, message) }
            results.contradict("subtest-unanswered", "a subtest is not followed by its test point")
        }
        if !levels[0].isSkippedWhole || levels[0].seen > 0 { levels[0].close("it") }
        take(levels, &results)
        return results
    }

    private static func take(_ levels: [Level], _ results: inout ForeignResults) {
        for (kind, message) in levels[0].contradictions { results.contradict(kind, message) }
    }

    /// What a line says.
    private enum Statement {
        struct Point {
            enum Directive { case skip, todo }
            var isOK: Bool
            var number: Int?
            var name: String
            var directive: Directive?
        }

        case plan(Int, isSkip: Bool)
        case point(Point)
        case bailOut(String)

        init?(_ line: Substring) {
            if line.hasPrefix("Bail out!") {
                self = .bailOut(String(line.dropFirst("Bail out!".count).drop { $0 == " " }))
            } else if line.hasPrefix("1..") {
                let digits = line.dropFirst(3).prefix { $0.isASCII && $0.isNumber }
                guard let count = Int(digits) else { return nil }
                let rest = line.dropFirst(3 + digits.count).drop { $0 == " " }
                guard rest.isEmpty || rest.hasPrefix("#") else { return nil }
                self = .plan(count, isSkip: rest.dropFirst().drop { $0 == " " }.lowercased().hasPrefix("skip"))
            } else if line == "ok" || line.hasPrefix("ok ") {
                self = .point(Self.point(true, line.dropFirst(2)))
            } else if line == "not ok" || line.hasPrefix("not ok ") {
                self = .point(Self.point(false, line.dropFirst(6)))
            } else {
                return nil
            }
        }

        private static func point(_ isOK: Bool, _ rest: Substring) -> Point {
            var rest = rest.drop { $0 == " " }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            var number: Int?
            if !digits.isEmpty, rest.dropFirst(digits.count).first.map({ $0 == " " }) ?? true {
                number = Int(digits)
                rest = rest.dropFirst(digits.count).drop { $0 == " " }
            }
            if rest.first == "-" { rest = rest.dropFirst().drop { $0 == " " } }
            var name = ""
            var isEscaped = false
            var directive: Point.Directive?
            var at = rest.startIndex
            while at < rest.endIndex {
                let character = rest[at]
                let after = rest.index(after: at)
                if isEscaped {
                    name.append(character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "#", name.isEmpty || name.last == " " {
                    let word = rest[after...].drop { $0 == " " }.prefix { $0 != " " }.lowercased()
                    if word.hasPrefix("skip") {
                        directive = .skip
                        break
                    }
                    if word == "todo" {
                        directive = .todo
                        break
                    }
                    name.append(character)
                } else {
                    name.append(character)
                }
                at = after
            }
            while name.last == " " { name.removeLast() }
            return Point(
                isOK: isOK, number: number, name: name.isEmpty ? "a test without a name" : name, directive: directive)
        }
    }
}
