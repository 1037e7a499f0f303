#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory of this machine: what needs more cannot be made.
enum PhysicalMemory {
  static let byteCount: Int = {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? pages.multipliedReportingOverflow(by: size).partialValue : .max
  }()
}
