import Readiness

/// Recognises one kind of thing in the text of a file. Pure: text in, sightings out.
protocol Finder: Sendable {
    /// Whether a file of this path can hold it.
    func reads(_ file: SurveyedFile) -> Bool
    /// What a file shows, in its order.
    func sightings(in file: SurveyedFile) -> [Sighting]
}

extension SurveyedFile {
    /// A sighting at one of the lines.
    func sighting(_ kind: Sighting.Kind, at line: Line) -> Sighting {
        Sighting(kind, at: SourceLocation(file: path, line: line.number))
    }

    /// A sighting of the file as a whole.
    func sighting(_ kind: Sighting.Kind) -> Sighting { Sighting(kind, at: SourceLocation(file: path, line: 1)) }
}
