import Graph
public enum CPUExecutor { public static let shared: any Executor = Interpreter() }
