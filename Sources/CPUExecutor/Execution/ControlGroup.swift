#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The control groups that Linux counts this process in, of version 1, 2 or both.
struct ControlGroup {
  /// Where the file system starts; another folder in tests.
  var root = ""

  /// How many processors' time the process may use, the least that any of its groups leaves; `nil` without a limit.
  var processorQuota: Double? {
    let groups = lines("/proc/self/cgroup").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    }
    let quotas = mounts.flatMap { mount in
      groups.filter { $0.count == 3 && mount.holds(controllers: $0[1]) }.flatMap { group in
        mount.folders(of: String(group[2])).compactMap { quota(in: $0, ofVersion: mount.version) }
      }
    }
    return quotas.min()
  }

  private struct Mount {
    let version: Int
    let root: String
    let folder: String

    /// Whether it is of the hierarchy that a line of `/proc/self/cgroup` with these controllers is about.
    func holds(controllers: Substring) -> Bool {
      version == 2 ? controllers.isEmpty : controllers.split(separator: ",").contains("cpu")
    }

    /// The folders of a group and of those that it is in, as far as this mount shows them.
    func folders(of path: String) -> [String] {
      var relative: Substring = ""
      if root == "/" {
        relative = path == "/" ? "" : path[...]
      } else if path.hasPrefix(root + "/") {
        relative = path.dropFirst(root.count)
      }
      if relative.split(separator: "/").contains("..") { relative = "" }
      var folders: [String] = []
      while let slash = relative.lastIndex(of: "/") {
        folders.append(folder + relative)
        relative = relative[..<slash]
      }
      return folders + [folder]
    }
  }

  private var mounts: [Mount] {
    lines("/proc/self/mountinfo").compactMap { line in
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else { return nil }
      switch fields[dash + 1] {
      case "cgroup2": return Mount(version: 2, root: String(fields[3]), folder: String(fields[4]))
      case "cgroup" where fields[dash + 3].split(separator: ",").contains("cpu"):
        return Mount(version: 1, root: String(fields[3]), folder: String(fields[4]))
      default: return nil
      }
    }
  }

  private func quota(in folder: String, ofVersion version: Int) -> Double? {
    let texts =
      version == 2
      ? lines(folder + "/cpu.max").first?.split(separator: " ").map(String.init) ?? []
      : ["/cpu.cfs_quota_us", "/cpu.cfs_period_us"].compactMap { lines(folder + $0).first }
    guard texts.count == 2, let quota = Double(texts[0]), let period = Double(texts[1]), quota > 0, period > 0 else {
      return nil
    }
    return quota / period
  }

  /// The lines of a file; none where it cannot be read.
  private func lines(_ path: String) -> [String] {
    guard let file = fopen(root + path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
