import Testing

/// What all commands share, and `keras summary`.
@Suite struct CommandTests {
  @Test func version() throws {
    #expect(try expectSuccess("--version").hasPrefix("0.1.0"))
  }

  @Test(arguments: ["summary", "predict", "evaluate", "fit"])
  func helpHasExamples(_ command: String) throws {
    #expect(try expectSuccess(command, "--help").contains("  keras \(command) model.keras"))
  }

  @Test func summaryListsLayers() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let lines = try expectSuccess("summary", fixture.path).split(separator: "\n")
    #expect(lines.first == "Model: \"digits\"")
    #expect(lines.contains { $0.contains("conv2d (Conv2D)") && $0.contains("(None, 6, 6, 3)") })
  }

  @Test func lostOutputIsAFailure() throws {
    let process = try Command("layers", outputPath: "/dev/full")
    #expect(process.status == 1 && process.errors.hasPrefix("keras: standard output"))
  }

  @Test func damagedFilesGiveOneLine() throws {
    let folder = try TemporaryFolder()
    let bad = try folder.file("bad.keras", "PK\u{1b}[31mno zip\n at all")
    try expectFailure("summary", bad, saying: ["bad.keras"])
    try expectFailure("summary", folder.path, saying: [folder.path])
    try expectFailure("summary", try ModelFixture("lambda_bytecode.keras").path, saying: ["Lambda"])
  }
}
