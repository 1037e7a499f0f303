import ModelFiles

/// The operations that files can name, by Keras's class names, and that functions of `keras.ops` stand for.
///
/// An operation is one line: its class, its function, the function's parameters, and the call it stands for.
enum OperationRegistry {
  struct Entry: Sendable {
    let className: String
    let function: String
    let parameters: [String]
    let body: @Sendable (OperationCall) throws -> [Tensor]
  }

  private static let table: OperationTable = {
    var table = OperationTable()
    table.addArithmetic()
    table.addElementwise()
    table.addActivations()
    table.addReductions()
    table.addMovement()
    table.addIndexing()
    table.addSorting()
    table.addLinearAlgebra()
    table.addNeural()
    table.addWindows()
    table.addImages()
    table.addSignals()
    return table
  }()

  /// Why there are none of these operations of Keras.
  static let absent: [String: String] = {
    var reasons: [String: String] = [:]
    for name in [
      "AssociativeScan", "Cond", "ForiLoop", "Function", "JVP", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop",
    ] {
      reasons[name] = "takes functions of Python, which are not read; write it with layers or other operations"
    }
    for name in ["Nonzero", "Unique"] {
      reasons[name] = "has a result whose shape depends on the data, which a model cannot have here"
    }
    for name in ["Eig", "Polar", "ViewAsComplex", "ViewAsReal"] {
      reasons[name] = "computes complex numbers, which there are none of here"
    }
    reasons["ElasticTransform"] = "draws random numbers; use the layer for it"
    reasons["SegmentReduction"] = "is no operation of its own; SegmentSum and its kin are"
    return reasons
  }()

  static var classNames: Set<String> { Set(table.byClass.keys) }

  static func contains(_ className: String) -> Bool { table.byClass[className] != nil }

  /// The layer that stands for an operation in a file. Its calls take the arguments that the file's nodes have.
  ///
  /// - Throws: `KerasError` where the class is unknown.
  static func make(_ className: String, name: String?, config: Config) throws -> Layer {
    guard let entry = table.byClass[className] else {
      if let reason = absent[className] { throw KerasError(.unknownName, className, reason) }
      throw KerasError.unknown(className, "operation that this library knows", among: table.byClass.keys.sorted())
    }
    var constructor = config
    constructor["name"] = nil
    let arguments = constructor
    return OperationLayer(className, name: name ?? config["name"]?.string, config: arguments) { call in
      try entry.body(
        OperationCall(className: className, parameters: entry.parameters, config: arguments, arguments: call))
    }
  }

  /// The result of a function of `keras.ops`, given arguments as Python takes them.
  ///
  /// - Throws: `KerasError` where the function is unknown or an argument makes no sense.
  static func call(_ function: String, _ arguments: CallArguments) throws -> [Tensor] {
    guard let entry = table.byFunction[function] else {
      throw KerasError.unknown(function, "operation that this library knows", among: table.byFunction.keys.sorted())
    }
    return try entry.body(
      OperationCall(className: entry.className, parameters: entry.parameters, config: [:], arguments: arguments))
  }
}

/// Operations under construction of the registry.
struct OperationTable {
  private(set) var byClass: [String: OperationRegistry.Entry] = [:]
  private(set) var byFunction: [String: OperationRegistry.Entry] = [:]

  /// An operation with one result.
  mutating func add(
    _ className: String, _ function: String, _ parameters: [String] = ["x"],
    _ body: @escaping @Sendable (OperationCall) throws -> Tensor
  ) {
    addMultiple(className, function, parameters) { [try body($0)] }
  }

  /// An operation with several results.
  mutating func addMultiple(
    _ className: String, _ function: String, _ parameters: [String] = ["x"],
    _ body: @escaping @Sendable (OperationCall) throws -> [Tensor]
  ) {
    let entry = OperationRegistry.Entry(
      className: className, function: function, parameters: parameters, body: body)
    if byClass[className] == nil { byClass[className] = entry }
    byFunction[function] = entry
  }

  /// A function of one tensor without arguments.
  mutating func addUnary(_ className: String, _ function: String, _ body: @escaping @Sendable (Tensor) -> Tensor) {
    add(className, function) { body(try $0.tensor("x")) }
  }

  /// A function of two tensors.
  mutating func addBinary(
    _ className: String, _ function: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) {
    add(className, function, ["x1", "x2"]) { call in
      let (a, b) = try call.operands()
      return body(a, b)
    }
  }

  /// A reduction along axes.
  mutating func addReduction(
    _ className: String, _ function: String,
    _ body: @escaping @Sendable (_ x: Tensor, _ axis: [Int]?, _ keepDims: Bool) -> Tensor
  ) {
    add(className, function, ["x", "axis", "keepdims"]) { call in
      body(try call.tensor("x"), try call.optionalInts("axis"), try call.flag("keepdims"))
    }
  }
}
