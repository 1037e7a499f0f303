import CKernels
import Graph

extension Pooling {
  /// The kernels' form: three spatial axes, missing ones first.
  fileprivate func kernel(input: Shape, output: Shape) -> ck_pooling {
    func three(_ values: [Int], _ missing: Int) -> (Int64, Int64, Int64) {
      let filled = [Int](repeating: missing, count: 3 - values.count) + values
      return (Int64(filled[0]), Int64(filled[1]), Int64(filled[2]))
    }
    var pooling = ck_pooling()
    pooling.samples = Int64(input[0])
    pooling.channels = Int64(input[-1])
    pooling.input = three(Array(input.dimensions.dropFirst().dropLast()), 1)
    pooling.output = three(Array(output.dimensions.dropFirst().dropLast()), 1)
    pooling.window = three(window, 1)
    pooling.strides = three(strides, 1)
    pooling.padding = three(paddingLow, 0)
    pooling.wide = positionType == .int32 ? 1 : 0
    return pooling
  }
}

extension Lowering {
  func lowerPool(_ node: Int, _ pooling: Pooling) throws {
    let entry = graph.nodes[node]
    guard entry.types[0].dtype == .float32, pooling.window.count <= 3 else { return try lowerToInterpreter(node) }
    let kernel = pooling.kernel(input: values.type(entry.inputs[0]).shape, output: entry.types[0].shape)
    let from = try location(entry.inputs[0])
    let to = allocate(Value(node: node))
    let (x, y) = (builder.slot(from), builder.slot(to))
    if pooling.kind == .average {
      builder.emit(entry.op.name, scope: entry.scope, touching: [from, to]) { frame in
        withUnsafePointer(to: kernel) { ck_pool_average($0, frame[y].float, frame[x].float) }
      }
    } else {
      let positions = allocate(Value(node: node, output: 1))
      let places = builder.slot(positions)
      builder.emit(entry.op.name, scope: entry.scope, touching: [from, to, positions]) { frame in
        withUnsafePointer(to: kernel) { ck_pool_maximum($0, frame[y].float, frame[places], frame[x].float) }
      }
    }
  }

  func lowerPoolGradient(_ node: Int, _ pooling: Pooling, input: Shape) throws {
    let entry = graph.nodes[node]
    guard entry.types[0].dtype == .float32, pooling.window.count <= 3, let gradient = entry.inputs.last else {
      return try lowerToInterpreter(node)
    }
    let kernel = pooling.kernel(input: input, output: values.type(gradient).shape)
    let (from, to) = (try location(gradient), allocate(Value(node: node)))
    let (dy, dx) = (builder.slot(from), builder.slot(to))
    if pooling.kind == .average {
      builder.emit(entry.op.name, scope: entry.scope, touching: [from, to]) { frame in
        withUnsafePointer(to: kernel) { ck_pool_average_gradient($0, frame[dx].float, frame[dy].float) }
      }
    } else {
      let positions = try location(entry.inputs[0])
      let places = builder.slot(positions)
      builder.emit(entry.op.name, scope: entry.scope, touching: [from, to, positions]) { frame in
        withUnsafePointer(to: kernel) {
          ck_pool_maximum_gradient($0, frame[dx].float, frame[places], frame[dy].float)
        }
      }
    }
  }
}

extension UnsafeMutableRawPointer {
  /// As f32.
  @inline(__always)
  var float: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
}
