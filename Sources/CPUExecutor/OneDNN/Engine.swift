import COneDNN
import Graph

/// oneDNN's handle of the processor, made once.
final class Engine: @unchecked Sendable {
  let handle: dnnl_engine_t

  private static let instance: Result<Engine, GraphError> = {
    let version = dnnl_version().pointee
    guard version.major == 3 else {
      return .failure(
        GraphError(
          "oneDNN", "version 3 is needed, found \(version.major).\(version.minor).\(version.patch)", kind: .system))
    }
    var handle: dnnl_engine_t?
    let status = dnnl_engine_create(&handle, dnnl_cpu, 0)
    guard status == dnnl_success, let handle else {
      return .failure(GraphError("oneDNN", "no engine: \(describe(status))", kind: .system))
    }
    PrimitiveCache.limit()
    return .success(Engine(handle))
  }()

  static func shared() throws(GraphError) -> Engine { try instance.get() }

  private init(_ handle: dnnl_engine_t) { self.handle = handle }
}

func describe(_ status: dnnl_status_t) -> String {
  guard let text = dnnl_status2str(status) else { return "status \(status.rawValue)" }
  return String(cString: text)
}

/// Throws where a call of oneDNN failed.
func check(_ status: dnnl_status_t, _ operation: String) throws(GraphError) {
  guard status == dnnl_success else { throw GraphError(operation, "oneDNN: \(describe(status))", kind: .system) }
}

/// What an argument is to a primitive.
enum Role {
  static let source = Int32(DNNL_ARG_SRC_0)
  static let weights = Int32(DNNL_ARG_WEIGHTS_0)
  static let bias = Int32(DNNL_ARG_BIAS)
  static let destination = Int32(DNNL_ARG_DST_0)
  static let sourceGradient = Int32(DNNL_ARG_DIFF_SRC_0)
  static let weightsGradient = Int32(DNNL_ARG_DIFF_WEIGHTS_0)
  static let biasGradient = Int32(DNNL_ARG_DIFF_BIAS)
  static let destinationGradient = Int32(DNNL_ARG_DIFF_DST_0)
  static let scratchpad = Int32(DNNL_ARG_SCRATCHPAD)
  static let from = Int32(DNNL_ARG_FROM)
  static let to = Int32(DNNL_ARG_TO)
}
