import ModelFiles

/// A function of one's own as a layer without weights. Source: `keras.layers.Lambda`.
///
/// ```swift
/// let y = Lambda { x in x.square() + 1 }(x)
/// ```
///
/// A model file stores the function's name only. A file that has a Lambda loads where the program registered a
/// function under that name, and never runs code that the file holds:
///
/// ```swift
/// CustomObjects.register(LambdaFunction("double") { inputs, arguments in [inputs[0] * 2] })
/// ```
public final class Lambda: Layer, ConfigConstructible, @unchecked Sendable {
  public let function: LambdaFunction
  /// Further arguments of the function, as a file stores them.
  public let arguments: Config
  /// A sample's shape, where a file states it.
  private let outputShape: JSONValue?

  public init(
    _ function: LambdaFunction, arguments: Config = [:], name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.function = function
    self.arguments = arguments
    outputShape = nil
    super.init(name: name, dtype: dtype)
    built = true
  }

  public convenience init(
    name: String? = nil, dtype: DTypePolicy = .float32, _ function: @escaping @Sendable (Tensor) -> Tensor
  ) {
    self.init(
      LambdaFunction(LambdaFunction.unnamed) { inputs, _ in inputs.prefix(1).map(function) }, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    let function = reader.value("function")
    // Keras 1 and 2 store the code as a list.
    if function?.array != nil { throw Lambda.refusal(reader) }
    guard let (className, _) = try reader.optionalObject("function") else {
      throw reader.error("function", "is missing")
    }
    if className == "__lambda__" { throw Lambda.refusal(reader) }
    let registered = className == "function" ? function?["config"]?.string ?? className : className
    guard let known = CustomObjects.lambda(named: registered) else {
      let name = registered.shortened(to: 80)
      throw reader.error(
        "function", "\"\(name)\" is not registered; call CustomObjects.register(LambdaFunction(\"\(name)\") { … })")
    }
    self.function = known
    arguments = reader.value("arguments")?.object ?? [:]
    outputShape = reader.value("output_shape")
    super.init(name: reader.name, dtype: try reader.dtypePolicy())
    built = true
  }

  private static func refusal(_ reader: ConfigReader) -> KerasError {
    reader.error("function", "is Python code, which is never run; rewrite the layer with a registered function")
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .core, "a function of your own", example: "Lambda { x in x.square() + 1 }",
      arguments: ["function": "square"], inputs: [[nil, 8]])
  }

  public override var config: Config {
    var config: Config = [
      "function": [
        "module": "builtins", "class_name": "function", "config": .string(function.name), "registered_name": "function",
      ],
      "arguments": .object(arguments),
    ]
    if let outputShape { config["output_shape"] = outputShape }
    return config
  }

  override var savingObstacle: String? {
    guard function.name == LambdaFunction.unnamed else { return super.savingObstacle }
    return "is a Lambda of a closure, which a file cannot store; make it of a LambdaFunction(\"name\") { … } and "
      + "register that with CustomObjects.register where the file is loaded"
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    function.body(inputs, arguments)
  }
}

/// A function that a `Lambda` layer of a file can name.
public struct LambdaFunction: Sendable {
  /// Keras's registered name, such as `package>function`.
  public let name: String
  /// What a closure is called, which no file can name.
  static let unnamed = "<lambda>"
  let body: @Sendable (_ inputs: [Tensor], _ arguments: Config) -> [Tensor]

  public init(_ name: String, _ body: @escaping @Sendable (_ inputs: [Tensor], _ arguments: Config) -> [Tensor]) {
    self.name = name
    self.body = body
  }
}
