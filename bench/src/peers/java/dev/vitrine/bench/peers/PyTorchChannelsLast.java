package dev.vitrine.bench.peers;

/**
 * PyTorch through DJL, with images and kernels that lie channels last.
 *
 * <p>DJL has no word for PyTorch's memory formats, but PyTorch knows them by the strides alone: an
 * array made as {@code [n, h, w, c]} and permuted to {@code [n, c, h, w]} is in the format {@code
 * torch.channels_last}, and the convolutions, ReLUs and poolings that read it write such arrays.
 */
public final class PyTorchChannelsLast extends PyTorch {

  /** For {@code ServiceLoader}. */
  public PyTorchChannelsLast() {
    super(true);
  }
}
