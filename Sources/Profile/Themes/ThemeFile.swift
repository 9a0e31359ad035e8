/// Reads a theme file into a plain tree.
///
/// What a theme must hold is the business of the console, which decodes the tree and reports its own problems with the
/// lines that the tree carries; this module knows the syntax only.
package enum ThemeFile {
    /// Reads a theme file.
    ///
    /// - Returns: A map, in the order of the file.
    /// - Throws: `ConfigurationError` with every problem of its syntax, keys given twice among them.
    package static func load(_ text: ConfigurationText) throws(ConfigurationError) -> KeyValueTree {
        let problems = ProblemCollector(file: text.name)
        let tree = TreeReader(problems: problems).read(text.text)
        try problems.throwIfAny()
        guard let tree else { preconditionFailure("a file without a tree and without a problem") }
        return tree
    }
}
