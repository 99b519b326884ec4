// docs/backprop-to-input.md as a script: /open docs/backprop-to-input.jsh in ./vitrine shell.

// What flows

Backend exact = Backends.open("reference", false, System.err::println);
Scope s = new Scope(exact);
Tensor image = s.of(Shape.of(1, 4, 4, 1), IntStream.range(0, 16).asDoubleStream().toArray());

void show(String name, double[] values, int columns) {
  StringBuilder text = new StringBuilder(name);
  for (int i = 0; i < values.length; i++) {
    BigDecimal rounded = BigDecimal.valueOf(values[i]).setScale(6, RoundingMode.HALF_EVEN);
    text.append(i % columns == 0 ? "\n" : "");
    text.append("%10s".formatted(rounded.stripTrailingZeros().toPlainString()));
  }
  System.out.println(text);
}

double[] slopes(ToDoubleFunction<double[]> score, double[] at) {
  double h = 0.001;
  double[] slopes = new double[at.length];
  for (int i = 0; i < at.length; i++) {
    double[] up = at.clone();
    double[] down = at.clone();
    up[i] += h;
    down[i] -= h;
    slopes[i] = (score.applyAsDouble(up) - score.applyAsDouble(down)) / (2 * h);
  }
  return slopes;
}

double dot(Tensor g, Tensor y) {
  return Arrays.stream(multiply(g, y).toDoubles()).sum();
}

// Convolution

Conv2d conv = new Conv2d(Sliding.valid(3, 3, 1, 1));
Tensor kernel = s.of(Shape.of(3, 3, 1, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9);
Tape tape = new Tape(s);
Tensor y = tape.apply(conv, tape.watch(image), kernel);
Tensor g = s.of(y.shape(), 1, 0, 0, 10);
Tensor dx = tape.backward(Map.of(y, g), List.of(image)).at(image);
show("y", y.toDoubles(), 2);
show("dx", dx.toDoubles(), 4);

Tensor rotated = s.of(Shape.of(3, 3, 1, 1), 9, 8, 7, 6, 5, 4, 3, 2, 1);
Window around = Window.of(3, 3, 1, 1).padded(2, 2, 2, 2);
Tensor forward = call(new Conv2d(new Sliding(around, false)), g, rotated);
show("forward with the rotated kernel", forward.toDoubles(), 4);
double[] pixels = image.toDoubles();
ToDoubleFunction<double[]> gy = v -> dot(g, call(conv, s.of(image.shape(), v), kernel));
show("by differences", slopes(gy, pixels), 4);

// ReLU

Tensor z = s.of(Shape.of(1, 8), -5, -30, 4, -21, 31, 6, 40, 15);
Tensor g = s.of(z.shape(), 3, -2, 5, 4, -1, 7, 6, -8);
for (ReluRule rule : ReluRule.values()) {
  Tape tape = new Tape(s);
  Tensor y = tape.apply(new Relu(rule), tape.watch(z));
  Tensor dz = tape.backward(Map.of(y, g), List.of(z)).at(z);
  show(rule.toString(), dz.toDoubles(), 8);
}
ToDoubleFunction<double[]> gy = v -> dot(g, relu(s.of(z.shape(), v)));
show("by differences", slopes(gy, z.toDoubles()), 8);

// Max pooling

Tensor x4 = s.of(image.shape(), 0, 7, 14, 5, 12, 3, 10, 1, 8, 15, 6, 13, 4, 11, 2, 9);
Op pool = new MaxPool2d(Sliding.valid(2, 2, 2, 2));
Tape tape = new Tape(s);
Node node = tape.record(pool, List.of(tape.watch(x4)));
Tensor g = s.of(node.output().shape(), 1, 2, 3, 4);
Tensor dx = tape.backward(Map.of(node.output(), g), List.of(x4)).at(x4);
show("y", node.output().toDoubles(), 2);
int[] switches = exact.downloadSwitches(node.saved(0).buffer());
System.out.println("switches " + Arrays.toString(switches));
show("dx", dx.toDoubles(), 4);
ToDoubleFunction<double[]> gy = v -> dot(g, call(pool, s.of(x4.shape(), v)));
show("by differences", slopes(gy, x4.toDoubles()), 4);

// Softmax

Tensor z = s.of(Shape.of(1, 3), new double[] {Math.log(1), Math.log(2), Math.log(5)});
show("p", call(new Softmax(), z).toDoubles(), 3);
for (int i = 0; i < 3; i++) {
  double[] unit = new double[3];
  unit[i] = 1;
  Tensor g = s.of(z.shape(), unit);
  Tape tape = new Tape(s);
  Tensor p = tape.apply(new Softmax(), tape.watch(z));
  show("row " + i, tape.backward(Map.of(p, g), List.of(z)).at(z).toDoubles(), 3);
  ToDoubleFunction<double[]> pi = v -> dot(g, call(new Softmax(), s.of(z.shape(), v)));
  show("by differences", slopes(pi, z.toDoubles()), 3);
}

// All the way

Network fourByFour() {
  float[] ones = new float[18];
  Arrays.fill(ones, 1);
  float[] signs = {1, 1, 1, -1, 1, -1, 1, -1};
  try (NetworkBuilder b = Network.on(exact).input("image", image.shape())) {
    return b.layer(
            "conv",
            new Conv2d(Sliding.valid(3, 3, 1, 1)),
            b.parameter("conv/kernel", Shape.of(3, 3, 1, 2), ones),
            b.parameter("conv/bias", Shape.of(2), new float[] {-50, -75}))
        .layer("relu1", new Relu())
        .layer("flatten", Reshape.flatten())
        .layer("dense", new Dense(), b.parameter("dense/weights", Shape.of(8, 1), signs))
        .layer("relu2", new Relu())
        .build();
  }
}

Network net = fourByFour();

double score(double[] pixels) {
  try (Tensor picture = s.of(image.shape(), pixels);
      Run run = net.forward(picture)) {
    return run.output().toDoubles()[0];
  }
}

double[] back() {
  try (Run run = net.forward(image, Listen.toOutput().withGradients())) {
    Tensor one = run.scope().filled(run.output().shape(), 1);
    return run.backward(Map.of(run.output(), one), List.of(image)).at(image).toDoubles();
  }
}

System.out.println("score " + score(image.toDoubles()));
show("gradient", back(), 4);
show("by differences", slopes(v -> score(v), image.toDoubles()), 4);

// Two hooks

try (Hook guided = net.onBackward(Relu.class, c -> relu(c.gradInput()))) {
  show("guided backpropagation", back(), 4);
}
try (Hook deconvnet = net.onBackward(Relu.class, c -> relu(c.gradOutput()))) {
  show("deconvnet", back(), 4);
}

BackwardHook look =
    c -> {
      show("arrives at " + c.layer().name(), c.gradOutput().toDoubles(), 2);
      show("leaves it", c.gradInput().toDoubles(), 2);
      return null;
    };
try (Hook open = net.onBackward("relu1", look)) {
  back();
}

// On a photograph

Objective cat = new ClassScore("pool10", 285, 1000, false);
ToDoubleFunction<Tensor> zeros =
    t -> Arrays.stream(t.toDoubles()).filter(v -> v == 0).count() * 100.0 / t.shape().size();
BackwardHook count =
    c -> {
      double in = zeros.applyAsDouble(c.gradOutput());
      System.out.printf(
          "%.0f %% zeros, then %.0f %%%n", in, zeros.applyAsDouble(c.gradInput()));
      return null;
    };
try (Hook open = network.onBackward("fire8_expand3x3", count);
    Run run = network.forward(x, Listen.to("pool10").withGradients())) {
  Tensor logits = run.output("pool10");
  run.backward(Map.of(logits, cat.seed(run)), List.of(x));
}

// Exercise 1. Ones everywhere

Tensor four = s.filled(y.shape(), 1);
Tensor ones = s.filled(kernel.shape(), 1);
Tape counting = new Tape(s);
Tensor sums = counting.apply(conv, counting.watch(image), ones);
Tensor seen = counting.backward(Map.of(sums, four), List.of(image)).at(image);
show("how many windows see it", seen.toDoubles(), 4);

// Exercise 2. A tie

Tensor flat = s.filled(image.shape(), 1);
Tape second = new Tape(s);
Tensor maxima = second.apply(pool, second.watch(flat));
Tensor dflat = second.backward(Map.of(maxima, g), List.of(flat)).at(flat);
show("ties", dflat.toDoubles(), 4);
ToDoubleFunction<double[]> sum = v -> dot(g, call(pool, s.of(flat.shape(), v)));
show("by differences", slopes(sum, flat.toDoubles()), 4);

// Exercise 3. Overlapping windows

Op overlapping = new MaxPool2d(Sliding.valid(3, 3, 1, 1));
Tape third = new Tape(s);
Tensor largest = third.apply(overlapping, third.watch(x4));
show("overlapping", third.backward(Map.of(largest, g), List.of(x4)).at(x4).toDoubles(), 4);

// Exercise 4. The logarithm

Tape tape = new Tape(s);
Tensor p = tape.apply(new Softmax(), tape.watch(z));
Tensor g = s.of(p.shape(), new double[] {0, 0, 1 / p.toDoubles()[2]});
show("slope of log p", tape.backward(Map.of(p, g), List.of(z)).at(z).toDoubles(), 3);

// Exercise 5. Exactly 0

Tensor zero = s.filled(Shape.of(1, 1), 0);
Tape bent = new Tape(s);
Tensor above = bent.apply(new Relu(), bent.watch(zero));
Tensor one = s.filled(zero.shape(), 1);
show("at 0", bent.backward(Map.of(above, one), List.of(zero)).at(zero).toDoubles(), 1);
ToDoubleFunction<double[]> rectified = v -> dot(one, relu(s.of(zero.shape(), v)));
show("by differences", slopes(rectified, zero.toDoubles()), 1);

// Exercise 7. Grad-CAM

double[] weighted = new double[4];
try (Run run = net.forward(image, Listen.to("conv").withGradients())) {
  Tensor conv = run.output("conv");
  Tensor one = run.scope().filled(run.output().shape(), 1);
  double[] g = run.backward(Map.of(run.output(), one), List.of(conv)).at(conv).toDoubles();
  double[] a = conv.toDoubles();
  for (int i = 0; i < 8; i++) {
    int channel = i % 2;
    double weight = IntStream.range(0, 4).mapToDouble(p -> g[p * 2 + channel]).sum() / 4;
    weighted[i / 2] += weight * a[i];
  }
}
show("Grad-CAM at conv", weighted, 2);

// Exercise 8. Both

try (Hook both = net.onBackward(Relu.class, c -> c.vjp(relu(c.gradOutput())).get(0))) {
  show("what is positive, then the mask", back(), 4);
}

// The end

net.close();
s.close();
exact.close();
