import Readiness

/// Reads `thresholds` of a criteria file, key by key as the schema has them.
struct ThresholdReader {
    /// What was read, under keys without `thresholds.`.
    struct Values {
        var thresholds: [String: Threshold] = [:]
        var lists: [String: Criteria.NameList] = [:]
        var inherited: [String] = []
    }

    let top: Section
    /// The numbers of a target's own checks, by check and measurement: what `checks` may give instead. nil: not known,
    /// and nothing is said of what stands there.
    var own: [CheckID: [String: Threshold]]? = [:]

    /// Reads every key; one that the file does not give is taken from the defaults, or stated as missing.
    func values(over defaults: Criteria?) -> Values {
        var values = Values()
        let sections = CriteriaSchema.sections + (own?.isEmpty == true ? [] : ["checks"])
        // Required even over defaults: a file that gives no threshold at all is some other file.
        guard
            let value = top.required(
                "thresholds", accepted: "a map with the keys \(sections.joined(separator: ", "))"),
            let thresholds = top.section("thresholds", value, keys: sections)
        else { return values }
        thresholds.refuseKeys(except: sections, elsewhere: CriteriaSchema.pathsByName)
        readOwn(thresholds, over: defaults, into: &values)
        for name in CriteriaSchema.sections {
            let keys = CriteriaSchema.keys(of: name)
            let names = keys.map(\.name)
            var section: Section?
            if let value = thresholds[name] {
                // A section of the wrong kind is one problem, not one for each of its keys.
                guard let found = thresholds.section(name, value, keys: names) else { continue }
                section = found
            } else if defaults == nil {
                _ = thresholds.required(name, accepted: "a map with the keys \(names.joined(separator: ", "))")
                continue
            }
            section?.refuseKeys(except: names, elsewhere: CriteriaSchema.pathsByName)
            for key in keys { read(key, in: section, over: defaults, into: &values) }
        }
        return values
    }

    private func readOwn(_ thresholds: Section, over defaults: Criteria?, into values: inout Values) {
        guard let own else { return }
        for (id, bounds) in own {
            for name in bounds.keys { values.thresholds[id.key(of: name)] = defaults?[id.key(of: name)] }
        }
        let ids = own.keys.map(\.description).sorted()
        guard !own.isEmpty, let value = thresholds["checks"],
            let checks = thresholds.section("checks", value, keys: ids)
        else {
            return
        }
        checks.refuseKeys(except: ids)
        let range = NumberRange(
            lowest: "-1000000000000000000000000", highest: "1000000000000000000000000", unit: "of the measurement")
        for (id, bounds) in own {
            let names = bounds.keys.sorted()
            guard let value = checks[id.description],
                let section = checks.section(id.description, value, keys: names)
            else { continue }
            section.refuseKeys(except: names)
            for name in names {
                guard let value = section[name], let number = section.number(name, value, in: range) else { continue }
                values.thresholds[id.key(of: name)] = Threshold(number, source: section.source(of: value))
            }
        }
    }

    private func read(
        _ key: CriteriaSchema.Key, in section: Section?, over defaults: Criteria?, into values: inout Values
    ) {
        guard let section, let value = section[key.name] else {
            if let threshold = defaults?[key.path] {
                values.thresholds[key.path] = threshold
                values.inherited.append(key.path)
            } else if let names = defaults?.names(key.path) {
                values.lists[key.path] = names
                values.inherited.append(key.path)
            } else if !key.isOptional {
                _ = section?.required(key.name, accepted: key.kind.accepted)
            }
            return
        }
        let source = section.source(of: value)
        switch key.kind {
        case .number(let range):
            values.thresholds[key.path] = section.number(key.name, value, in: range)
                .map { Threshold($0, source: source) }
        case .flag:
            values.thresholds[key.path] = section.flag(key.name, value)
                .map { Threshold($0 ? "1" : "0", source: source) }
        case .word(let words):
            values.lists[key.path] = section.word(key.name, value, among: words)
                .map { Criteria.NameList([$0], source: source) }
        case .text:
            values.lists[key.path] = section.text(key.name, value, accepted: key.kind.accepted)
                .map { Criteria.NameList([$0], source: source) }
        case .names(let names):
            values.lists[key.path] =
                section.names(
                    key.name, value, accepted: names.accepted, nearest: names.nearest, where: names.accepts
                )
                .map { Criteria.NameList($0, source: source) }
        }
    }
}
