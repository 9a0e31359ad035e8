import Testing

/// The one dependency rule, read off the import lines (docs/architecture.md).
struct ImportTests {
    @Test func `every folder in Sources has a row in the import table`() throws {
        let unknown = try Checkout.folders(in: "Sources").filter { ImportTable.rows[$0] == nil }
        #expect(unknown.isEmpty, "no row in ImportTable for \(unknown)")
    }

    @Test func `the table names only modules that it knows`() {
        for (module, row) in ImportTable.rows {
            #expect(row.ours.allSatisfy { ImportTable.rows[$0] != nil && $0 != module }, "row \(module)")
            // The fuzzer is a proof, as tests are.
            guard module != "HoldpointFuzz" else { continue }
            #expect(!row.ours.contains("TestSupport"), "\(module) is a product, TestSupport is for tests")
        }
    }

    @Test func `a module imports only what the table allows`() {
        #expect(!Checkout.sources.isEmpty)
        for source in Checkout.sources {
            guard let row = ImportTable.rows[source.module] else { continue }
            for line in source.lines {
                guard let imported = line.importedModule else { continue }
                #expect(
                    row.ours.contains(imported) || row.others.contains(imported),
                    "\(source.place(line)): \(source.module) must not import \(imported)")
            }
        }
    }

    @Test(arguments: ["Readiness", "Engine", "Validators", "ConsoleUI", "Terminal"])
    func `the modules in the middle do without full Foundation`(module: String) {
        // It has its own `Measurement`, and brings 40 MB of data.
        #expect(ImportTable.rows[module]?.others.contains("Foundation") == false)
    }

    @Test func `the practice desk imports nothing of ours`() throws {
        // A library of the system's is nobody's vocabulary.
        let modules = Set(try Checkout.folders(in: "Sources")).subtracting(["CLibpq"])
        for source in Checkout.sources where source.module == "PracticeDesk" {
            for line in source.lines {
                let imported = line.importedModule ?? ""
                #expect(!modules.contains(imported), "\(source.place(line)): the desk is a target, seen from outside")
            }
        }
    }

    @Test func `only the terminal calls curses`() {
        for source in Checkout.sources where source.module != "Terminal" {
            for line in source.lines {
                #expect(line.importedModule != "CNcurses", "\(source.place(line))")
            }
        }
    }
}
