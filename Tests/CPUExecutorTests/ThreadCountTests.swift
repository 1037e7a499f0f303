import Foundation
import Graph
import Testing

@testable import CPUExecutor

@Suite struct ThreadCountTests {
  private func count(
    _ requested: String? = nil, openMP: String? = nil, processors: Int = 8, quota: Double? = nil
  ) throws -> Int {
    try ThreadCount(requested: requested, openMP: openMP, processors: processors, quota: quota).count
  }

  @Test func choices() throws {
    #expect(try count() == 8)
    #expect(try count("3") == 3)
    #expect(try count(" 3 ") == 3)
    #expect(try count("3", openMP: "2", quota: 1) == 3)
    #expect(try count(openMP: "2") == 2)
    #expect(try count(openMP: "2,1") == 2)
    #expect(try count(openMP: "none") == 8)
    #expect(try count(openMP: "64") == 8)
    #expect(try count(quota: 0.5) == 1)
    #expect(try count(quota: 1.5) == 2)
    #expect(try count(quota: 2) == 2)
    #expect(try count(quota: 1e300) == 8)
    #expect(try count(openMP: "1", quota: 2) == 1)
  }

  @Test func tooManyAreSaid() throws {
    for text in ["9", "1000", "99999999999999999999"] {
      let choice = try ThreadCount(requested: text, openMP: nil, processors: 8, quota: nil)
      #expect(choice.count == 8)
      #expect(choice.warning == "KERAS_NUM_THREADS is \(text), but this process may run on 8 processors; using 8")
    }
    #expect(try ThreadCount(requested: "8", openMP: nil, processors: 8, quota: nil).warning == nil)
  }

  @Test(arguments: ["0", "-1", "abc", "", "2.5", "٣", "1 2"]) func noNumbers(_ text: String) {
    #expect(throws: GraphError.self) { try count(text) }
  }
}

@Suite struct ControlGroupTests {
  /// A file system with these files.
  private func quota(_ files: [String: String]) throws -> Double? {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return ControlGroup(root: root.path).processorQuota
  }

  private static let version2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

  @Test func version2() throws {
    func files(_ limit: String, _ inner: String) -> [String: String] {
      [
        "proc/self/cgroup": "0::/outer/inner\n", "proc/self/mountinfo": Self.version2,
        "sys/fs/cgroup/outer/cpu.max": limit, "sys/fs/cgroup/outer/inner/cpu.max": inner,
      ]
    }
    #expect(try quota(files("max 100000\n", "max 100000\n")) == nil)
    #expect(try quota(files("max 100000\n", "150000 100000\n")) == 1.5)
    #expect(try quota(files("50000 100000\n", "150000 100000\n")) == 0.5)
    #expect(try quota(files("nonsense", "0 0")) == nil)
  }

  @Test func containersOfVersion2() throws {
    var files = ["proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.version2]
    files["sys/fs/cgroup/cpu.max"] = "200000 100000\n"
    #expect(try quota(files) == 2)
    // Outside of what the container sees.
    files["proc/self/cgroup"] = "0::/../other\n"
    #expect(try quota(files) == 2)
  }

  @Test func version1() throws {
    let mounts =
      "31 23 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      + "32 23 0:28 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    var files = [
      "proc/self/cgroup": "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n", "proc/self/mountinfo": mounts,
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try quota(files) == 3)
    files["sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"] = "-1\n"
    #expect(try quota(files) == nil)
  }

  @Test func systemsWithoutGroups() throws { #expect(try quota([:]) == nil) }
}
